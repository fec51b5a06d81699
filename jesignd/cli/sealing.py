"""Sealing: what `jesignd seal` does, file by file: right, seal in a confined child, debit, then the final name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.cli.access import now
from jesignd.confined import Crashed, Limits, Pool
from jesignd.daemon.configured import open_credentials, sealing_line
from jesignd.domain.credit import Cents, VatRate
from jesignd.domain.firm import Person, Right, may
from jesignd.domain.levels import PadesLevel
from jesignd.domain.paris import day
from jesignd.domain.sealing import Credential, Rung, Sealed, SealProfile, SealRequest
from jesignd.errors import Code, CredentialError, DocumentError, JesignError, NotAllowed, NotFound, ServiceError, Words
from jesignd.flow.charges import TRIAL
from jesignd.flow.errands import WARM, seal_document
from jesignd.flow.outcomes import code_of
from jesignd.flow.parallel import Spread
from jesignd.flow.seal import SealingLine
from jesignd.settings.load import load
from jesignd.store import ledger
from jesignd.store.database import Database

if TYPE_CHECKING:
    from jesignd.settings.settings import Settings

_SUFFIX = "_scellé"


class _NameTaken(JesignError):
    """A file lies where the sealed one would go; it stays."""

    def __init__(self, final: Path) -> None:
        super().__init__(
            Words(f"{final} existe déjà", f"{final} exists already"),
            hint=Words("choisissez un autre dossier de sortie", "choose another output folder"),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file; `sealed_as` None: nothing was written."""

    file: Path
    sealed_as: Path | None = None
    level: PadesLevel | None = None
    rung: Rung | None = None
    pages: int | None = None
    code: Code | None = None
    message: Words | None = None
    hint: Words | None = None
    exit_code: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """One file and where it goes."""

    original: Path
    final: Path


@dataclass(frozen=True, slots=True)
class _Bench:
    """Everything one file is sealed with."""

    line: SealingLine
    profile: SealProfile
    credential: Credential
    database: Database
    price: Cents
    vat: VatRate
    person: str


def find(inputs: Sequence[Path], into: Path) -> list[Task]:
    """What to seal, each PDF of a folder included, and the names it will have; what was sealed earlier is left out.

    Raises:
        NotFound: there is no PDF at all.
    """
    tasks = list(_tasks(inputs, into))
    if not tasks:
        raise NotFound(
            Words("aucun PDF à sceller dans ce dossier", "no PDF to seal in this folder"),
            hint=Words("donnez un fichier, ou un dossier qui contient des .pdf", "give a file, or a folder of .pdf"),
        )
    return tasks


def seal_files(config: Path, tasks: Sequence[Task], *, rule: str | None, person: str | None) -> Iterator[Result]:
    """Seal each file as this rule does and in this person's name; results in their order, as they come.

    Raises:
        SettingsError, CredentialError, NotAllowed, NotFound: nothing can be sealed at all.
    """
    settings = load(config)
    acting = _acting(settings, person)
    limits = settings.limits
    with ExitStack() as stack:
        pool = Pool(
            workers=limits.workers,
            limits=Limits(memory_bytes=limits.memory, cpu_seconds=int(limits.seconds), wall_seconds=limits.seconds),
            warm=WARM,
        )
        stack.callback(pool.close)
        bench = _bench(settings, pool=pool, rule=rule, person=acting, stack=stack)
        spread = Spread(limits.workers)
        stack.callback(spread.close)
        yield from spread.each(lambda task: _result(task, bench), tasks)


def _acting(settings: Settings, person: str | None) -> str:
    """The id of the person in whose name to seal, who has the right today."""
    today = day(now())
    if person is None:
        able = [one.id for one in settings.people.values() if may(one, Right.SEAL, today)]
        if len(able) == 1:
            return able[0]
        raise NotAllowed(
            Words(
                f"{len(able)} personnes peuvent sceller aujourd’hui : il faut en nommer une",
                f"{len(able)} people may seal today: name one",
            ),
            hint=Words("dites laquelle : --as ID (people)", "say which: --as ID (people)"),
        )
    found: Person | None = settings.people.get(person)
    if found is None:
        raise NotFound(Words(f"personne inconnue : {person}", f"unknown person: {person}"))
    if not may(found, Right.SEAL, today):
        raise NotAllowed(
            Words(f"{person} n’a pas le droit de sceller aujourd’hui", f"{person} may not seal today"),
            hint=Words("accordez-lui le droit « seal » (people)", "grant the right “seal” (people)"),
        )
    return person


def _bench(settings: Settings, *, pool: Pool, rule: str | None, person: str, stack: ExitStack) -> _Bench:
    credentials, troubles = open_credentials(settings)
    line = sealing_line(settings, credentials, pool)
    profile = _profile(line, rule)
    credential = credentials.get(profile.key)
    if credential is None:
        trouble = troubles[0] if troubles else Words(f"clé {profile.key} absente", f"key {profile.key} is missing")
        raise CredentialError(
            trouble, hint=Words("voyez ce qu’en dit jesignd doctor", "see what jesignd doctor says of it")
        )
    durable.make_directories(settings.state)
    database = Database.open(settings.database_url())
    stack.callback(database.close)
    price = Cents(0) if profile.test else settings.prices.seal
    return _Bench(line, profile, credential, database, price, settings.prices.vat, person)


def _profile(line: SealingLine, rule: str | None) -> SealProfile:
    if rule is None and len(line.profiles) == 1:
        return next(iter(line.profiles.values()))
    if rule is None or rule not in line.profiles:
        known = ", ".join(line.profiles)
        raise NotFound(
            Words(f"il faut une règle qui scelle, parmi : {known}", f"name a rule that seals, one of: {known}"),
            hint=Words("dites laquelle : --rule NOM", "say which: --rule NAME"),
        )
    return line.profiles[rule]


def _tasks(inputs: Sequence[Path], into: Path) -> Iterator[Task]:
    made = into.resolve()
    for path in inputs:
        if path.is_dir():
            found = (one for one in path.rglob("*") if one.suffix.lower() == ".pdf" and one.is_file())
            for file in sorted(one for one in found if made not in one.resolve().parents):
                yield Task(file, into / file.relative_to(path).with_name(f"{file.stem}{_SUFFIX}.pdf"))
        else:
            yield Task(path, into / f"{path.stem}{_SUFFIX}.pdf")


def _result(task: Task, bench: _Bench) -> Result:
    started = time.monotonic()
    try:
        sealed = _seal(task, bench)
    except JesignError as error:
        return Result(
            task.original,
            code=None if isinstance(error, _NameTaken) else code_of(error),
            message=error.message,
            hint=error.hint,
            exit_code=error.exit_code,
            seconds=round(time.monotonic() - started, 3),
        )
    return Result(
        task.original,
        sealed_as=task.final,
        level=sealed.level,
        rung=sealed.inspection.rung,
        pages=sealed.inspection.pages,
        seconds=round(time.monotonic() - started, 3),
    )


def _seal(task: Task, bench: _Bench) -> Sealed:
    """Seal into a temporary file beside the final one, pay, then give it its name."""
    if task.final.exists():
        raise _NameTaken(task.final)
    try:
        task.final.parent.mkdir(parents=True, exist_ok=True)
        digest, _ = durable.digest_of(task.original)
        temporary = durable.temporary_beside(task.final)
        try:
            sealed = _in_child(task.original, temporary, bench)
            _pay(f"{'test' if bench.profile.test else 'seal'}:file:{digest}:{bench.profile.name}", bench)
            temporary.chmod(task.original.stat().st_mode & 0o666)
            durable.sync([temporary])
            if not durable.reveal(temporary, task.final):
                raise _NameTaken(task.final)
            durable.fsync_directory(task.final.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ServiceError(
            Words(f"{task.original.name} : {error.strerror}", f"{task.original.name}: {error.strerror}")
        ) from error
    return sealed


def _in_child(original: Path, target: Path, bench: _Bench) -> Sealed:
    needs_proof = bench.profile.level in {PadesLevel.B_LT, PadesLevel.B_LTA}
    request = SealRequest(
        original=original.resolve(),
        target=target.resolve(),
        profile=bench.profile,
        certificate=bench.credential.certificate,
        chain=bench.credential.chain,
        at=now(),
        max_bytes=bench.line.max_bytes,
        compare_one_in=bench.line.compare_one_in,
        revocation=bench.line.revocation(bench.credential) if needs_proof and bench.line.revocation else None,
    )
    services: dict[str, Callable[[bytes], bytes]] = {"sign": bench.credential.sign}
    if bench.line.timestamps is not None:
        services["timestamp"] = bench.line.timestamps.timestamp
    try:
        return bench.line.pool.run(seal_document, request, services=services)
    except Crashed as crash:
        raise DocumentError(
            Code.POISON,
            Words(
                "le fichier fait échouer ou durer sans fin les programmes qui le lisent",
                "the file makes the programs that read it fail or never end",
            ),
            hint=Words("réimprimez-le depuis son logiciel d’origine", "print it again from its software"),
        ) from crash


def _pay(act: str, bench: _Bench) -> None:
    """Debit the act; the same file sealed again by the same rule is not charged twice."""
    with bench.database.transaction() as transaction:
        memo = f"jesignd seal, {bench.person}{f' {TRIAL}' if bench.profile.test else ''}"
        ledger.debit(transaction, [(act, bench.price)], at=now(), memo=memo, vat=bench.vat)
