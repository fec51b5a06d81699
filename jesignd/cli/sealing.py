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
from jesignd.domain.delegations import Allowed, Operation, Subject
from jesignd.domain.levels import PadesLevel
from jesignd.domain.people import Account, FirmId
from jesignd.domain.rights import may
from jesignd.domain.sealing import Credential, Rung, Sealed, SealProfile, SealRequest, profile_name
from jesignd.domain.terms import Terms
from jesignd.errors import Code, CredentialError, DocumentError, JesignError, NotAllowed, NotFound, ServiceError, Words
from jesignd.flow.acting import Proposed, demand, perform
from jesignd.flow.charges import TRIAL
from jesignd.flow.errands import WARM, seal_document
from jesignd.flow.firms import make_sure
from jesignd.flow.outcomes import code_of
from jesignd.flow.parallel import Spread
from jesignd.flow.seal import SealingLine
from jesignd.flow.standing import standing
from jesignd.settings.load import load
from jesignd.store import ledger, people
from jesignd.store.database import Database

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.jobs import Transaction
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
    subject: Subject
    account: FirmId
    vat: VatRate
    person: Account
    terms: Terms


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says of how to seal; None stands for what there is only one of."""

    rule: str | None = None
    person: str | None = None
    firm: str | None = None


def seal_files(config: Path, tasks: Sequence[Task], wish: Wish) -> Iterator[Result]:
    """Seal each file as this rule does, in this person's name and for this firm; results in their order, as they come.

    Raises:
        SettingsError, CredentialError, NotAllowed, NotFound: nothing can be sealed at all.
    """
    settings = load(config)
    limits = settings.limits
    with ExitStack() as stack:
        pool = Pool(
            workers=limits.workers,
            limits=Limits(memory_bytes=limits.memory, cpu_seconds=int(limits.seconds), wall_seconds=limits.seconds),
            warm=WARM,
        )
        stack.callback(pool.close)
        bench = _bench(settings, wish, pool=pool, stack=stack)
        spread = Spread(limits.workers)
        stack.callback(spread.close)
        yield from spread.each(lambda task: _result(task, bench), tasks)


def _bench(settings: Settings, wish: Wish, *, pool: Pool, stack: ExitStack) -> _Bench:
    credentials, troubles = open_credentials(settings)
    line = sealing_line(settings, credentials, pool)
    durable.make_directories(settings.state)
    database = Database.open(settings.database_url())
    stack.callback(database.close)
    firms, siren = make_sure(settings, database=database, clock=now), _siren(settings, wish.firm)
    profile = _profile(line, wish.rule, siren)
    credential = credentials.get(profile.key)
    if credential is None:
        trouble = troubles[0] if troubles else Words(f"clé {profile.key} absente", f"key {profile.key} is missing")
        raise CredentialError(
            trouble, hint=Words("voyez ce qu’en dit jesignd doctor", "see what jesignd doctor says of it")
        )
    price = Cents(0) if profile.test else settings.prices.seal
    subject, terms = Subject(firms[siren].id, price=price), settings.terms()
    with database.reading() as transaction:
        person = _acting(transaction, wish.person, subject=subject, terms=terms)
    return _Bench(
        line,
        profile,
        credential,
        database,
        subject=subject,
        account=firms[siren].account,
        vat=settings.prices.vat,
        person=person,
        terms=terms,
    )


def _siren(settings: Settings, named: str | None) -> str:
    """As folders name the firm: the main one by none."""
    if named is None:
        return ""
    for position, firm in enumerate(settings.firms):
        if named in {firm.siren, firm.name}:
            return firm.siren if position else ""
    known = ", ".join(f"{firm.siren} {firm.name}" for firm in settings.firms)
    raise NotFound(
        Words(f"société inconnue : {named}", f"unknown firm: {named}"),
        hint=Words(f"la configuration nomme : {known}", f"the configuration names: {known}"),
    )


def _acting(transaction: Transaction, named: str | None, *, subject: Subject, terms: Terms) -> Account:
    """The person in whose name to seal, who may at this instant; where nobody is named, the only one who may."""
    at = now()
    if named is not None:
        account = people.account(transaction, named)
        demand(transaction, account.id, Operation.LAUNCH_SEALING, subject=subject, terms=terms, at=at)
        return account
    able = [
        account
        for account, _ in people.members(transaction, subject.firm, at=at)
        if isinstance(
            may(standing(transaction, account.id, terms=terms), Operation.LAUNCH_SEALING, subject=subject, at=at),
            Allowed,
        )
    ]
    if len(able) == 1:
        return able[0]
    raise NotAllowed(
        Words(
            f"{len(able)} personnes peuvent sceller aujourd’hui : il faut en nommer une",
            f"{len(able)} people may seal today: name one",
        ),
        hint=Words(
            "dites laquelle : --as IDENTIFIANT (jesignd user list)", "say which: --as LOGIN (jesignd user list)"
        ),
    )


def _profile(line: SealingLine, rule: str | None, siren: str) -> SealProfile:
    ours = {one.name: one for key, one in line.profiles.items() if key == profile_name(one.name, siren)}
    if rule is None and len(ours) == 1:
        return next(iter(ours.values()))
    if rule is None or rule not in ours:
        known = ", ".join(ours)
        raise NotFound(
            Words(f"il faut une règle qui scelle, parmi : {known}", f"name a rule that seals, one of: {known}"),
            hint=Words("dites laquelle : --rule NOM", "say which: --rule NAME"),
        )
    return ours[rule]


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
        with bench.database.reading() as transaction:
            _demand(transaction, bench, at=now())
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


def _demand(transaction: Transaction, bench: _Bench, *, at: datetime.datetime) -> None:
    operation = Operation.LAUNCH_SEALING
    demand(transaction, bench.person.id, operation, subject=bench.subject, terms=bench.terms, at=at)


def _pay(act: str, bench: _Bench) -> None:
    """Debit the act, if it may still be done; the same file sealed again by the same rule is not charged twice."""
    with bench.database.transaction() as transaction:
        at = now()
        _demand(transaction, bench, at=at)
        proposed = Proposed(f"{act}:{bench.person.id}", Operation.LAUNCH_SEALING, bench.subject)
        perform(transaction, bench.person.id, [proposed], terms=bench.terms, at=at)
        memo = f"jesignd seal, {bench.person.login}{f' {TRIAL}' if bench.profile.test else ''}"
        price = bench.subject.price
        ledger.debit(transaction, [(act, price)], at=at, memo=memo, firm=bench.account, vat=bench.vat)
