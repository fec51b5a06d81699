"""Corpus campaign: seal every PDF of a folder as `jesignd seal` does, and have others judge what came out."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus_witness import pages_shown, testify
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from jesignd.confined import Crashed, Limits, Pool
from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Mark, Rung, Sealed, SealProfile, SealRequest
from jesignd.errors import Code, DocumentError, JesignError
from jesignd.flow.parallel import Spread
from jesignd.flow.sealing import seal_document
from jesignd.pdf import refusals
from jesignd.testing.authority import Authority, make_authority

SECONDS = 20
LEAST_SHARE = 0.97
MAX_BYTES = 100_000_000
WORKERS = 2
ATTACKS = "attacks"

POLICY_BY_CODE = {
    Code.ENCRYPTED.value: "encrypted: never decrypted in silence",
    Code.ALREADY_SIGNED.value: "signed so that a seal would break it (DocMDP P=1, locked, or judged broken afterwards)",
}
POLICY_BY_MESSAGE = {
    refusals.endless_form().message.en: "a trap: whoever checks its signatures never ends",
    refusals.inflated().message.en: "a bomb: unpacks to more than a program can hold",
    refusals.dynamic_form().message.en: "XFA form: shows what the program likes",
    refusals.damaged_and_signed().message.en: "damaged and signed: a signed file is never rewritten",
}
"""What we refuse on purpose although a viewer opens it."""

_QPDF_WORSE = {0: 0, 3: 1, 2: 2}
"""How bad qpdf's exit codes are: sound, warnings, errors."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `seconds` to seal it, `faults` others find in the result, `crash`: no typed answer."""

    name: str
    seconds: float
    pages_shown: int | None
    rung: Rung | None = None
    code: str = ""
    message: str = ""
    crash: str = ""
    faults: tuple[str, ...] = ()

    @property
    def collection(self) -> str:
        """The sub-folder it comes from."""
        return self.name.partition("/")[0]

    @property
    def policy(self) -> str | None:
        """Which policy refuses it, if one does."""
        return POLICY_BY_CODE.get(self.code) or POLICY_BY_MESSAGE.get(self.message)

    @property
    def is_typed(self) -> bool:
        """Whether it was refused in words that concern the file."""
        return bool(self.code) and not self.crash


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that must hold, and the files that miss it."""

    name: str
    missed: tuple[str, ...]
    figure: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing misses it."""
        return not self.missed


def files(folder: Path) -> list[str]:
    """The PDFs below the folder, attacks apart, by relative name."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf"))
    return sorted(name for name in names if not name.startswith(f"{ATTACKS}/"))


def bars(outcomes: Sequence[Outcome]) -> list[Bar]:
    """What the campaign must show."""
    due = [one for one in outcomes if one.pages_shown and one.policy is None]
    unsealed = tuple(f"{one.name}: {one.code} {one.message}" for one in due if one.rung is None)
    opened = sum(1 for one in outcomes if one.pages_shown)
    sealed = sum(1 for one in outcomes if one.pages_shown and one.rung)
    share = 1 - len(unsealed) / max(1, len(due))
    return [
        Bar("no untyped error", tuple(f"{one.name}: {one.crash}" for one in outcomes if one.crash)),
        Bar(
            f"no hang ({SECONDS} s)",
            tuple(f"{one.name}: {one.seconds:.1f} s" for one in outcomes if one.seconds > SECONDS),
        ),
        Bar(
            "no damage, valid for pyHanko and pdfsig",
            tuple(f"{one.name}: {'; '.join(one.faults)}" for one in outcomes if one.faults),
        ),
        Bar("sealed, or refused with a reason", tuple(one.name for one in outcomes if not (one.rung or one.is_typed))),
        Bar(
            f"at least {LEAST_SHARE:.0%} sealed of those PDFium opens and no policy forbids",
            unsealed if share < LEAST_SHARE else (),
            f"{len(due) - len(unsealed)} of {len(due)} = {share:.2%}"
            f" (of all {opened} it opens, {sealed / max(1, opened):.2%})",
        ),
    ]


def run(folder: Path, names: Sequence[str]) -> Iterator[Outcome]:
    """Seal and judge these files of the folder, in their order, two at a time."""
    authority = make_authority(firm_name="Cabinet Équerre & Associés")
    with tempfile.TemporaryDirectory() as place, _pools() as (sealers, witnesses):
        campaign = _Campaign(folder, Path(place), authority, sealers, witnesses)
        spread = Spread(WORKERS)
        try:
            for start in range(0, len(names), 16):
                yield from spread.over(campaign.outcome, names[start : start + 16])
        finally:
            spread.close()


@contextmanager
def _pools() -> Iterator[tuple[Pool, Pool]]:
    """One pool that seals, one that judges; the second finds its module beside this one."""
    limits = Limits(wall_seconds=float(SECONDS), cpu_seconds=SECONDS)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent), before)))
    pools = (
        Pool(workers=WORKERS, limits=limits, warm=("jesignd.flow.sealing",)),
        Pool(workers=WORKERS, limits=Limits(wall_seconds=60.0, cpu_seconds=60), warm=("corpus_witness",)),
    )
    try:
        for pool in pools:
            pool.warm_up()
        yield pools
    finally:
        for pool in pools:
            pool.close()
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before


class _Campaign:
    """What every file is sealed and judged with."""

    def __init__(self, folder: Path, place: Path, authority: Authority, sealers: Pool, witnesses: Pool) -> None:
        self._folder = folder
        self._place = place
        self._authority = authority
        self._sealers = sealers
        self._witnesses = witnesses
        self._profile = SealProfile("corpus", "Cabinet Équerre & Associés", "key", PadesLevel.B_B, Mark())
        self._services: dict[str, Callable[[bytes], bytes]] = {"sign": self._sign}

    def _sign(self, payload: bytes) -> bytes:
        key = self._authority.seal.key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(payload, ec.ECDSA(hashes.SHA256()))

    def outcome(self, name: str) -> Outcome:
        """Seal one file, and judge it."""
        original, target = self._folder / name, self._place / (name.replace("/", "__") + ".sealed")
        started = time.monotonic()
        try:
            sealed = self._seal(original, target)
        except DocumentError as error:
            return self._told(original, name, _since(started), code=error.code.value, message=error.message.en)
        except JesignError as error:
            return self._told(original, name, _since(started), crash=f"{type(error).__name__}: {error.message.en}")
        except Crashed as crash:
            return self._told(original, name, _since(started), crash=str(crash))
        seconds = _since(started)
        faults = tuple(self._faults(original, target, sealed.inspection.rung))
        target.unlink()
        return self._told(original, name, seconds, rung=sealed.inspection.rung, faults=faults)

    def _told(self, original: Path, name: str, seconds: float, **more: object) -> Outcome:
        return Outcome(name, seconds, self._shown(original), **more)  # type: ignore[arg-type]

    def _shown(self, original: Path) -> int | None:
        try:
            return self._witnesses.run(pages_shown, original)
        except Crashed:
            return None

    def _seal(self, original: Path, target: Path) -> Sealed:
        request = SealRequest(
            original=original,
            target=target,
            profile=self._profile,
            certificate=self._authority.seal.der,
            chain=self._authority.chain,
            at=datetime.datetime.now(datetime.UTC),
            max_bytes=MAX_BYTES,
            compare_one_in=1,
        )
        return self._sealers.run(seal_document, request, services=self._services)

    def _faults(self, original: Path, target: Path, rung: Rung) -> Iterator[str]:
        try:
            testimony = self._witnesses.run(testify, original, target, rung is Rung.REBUILT, self._authority.root.der)
        except Crashed as crash:
            yield f"the witness crashed: {crash}"
            return
        yield from testimony.faults
        yield from _pdfsig_faults(target, testimony.signatures)
        yield from _qpdf_faults(original, target)


def _since(started: float) -> float:
    return time.monotonic() - started


def _pdfsig_faults(sealed: Path, signatures: int) -> Iterator[str]:
    """pdfsig must find every signature, and the newest sound and over the whole file; it is not asked about trust."""
    try:
        answer = _ask("pdfsig", "-nocert", str(sealed))
    except subprocess.TimeoutExpired:
        yield f"pdfsig: no answer in {SECONDS} s"
        return
    told = answer.stdout.split("Signature #")[1:]
    whole = [one for one in told if "Total document signed" in one]
    if len(told) < signatures:
        yield f"pdfsig finds {len(told)} signatures, pyHanko {signatures}"
    if not any("Signature is Valid." in one for one in whole):
        yield f"pdfsig: no valid signature over the whole file (exit {answer.returncode})"


def _qpdf_faults(original: Path, sealed: Path) -> Iterator[str]:
    try:
        before, after = (_ask("qpdf", "--check", str(one)).returncode for one in (original, sealed))
    except subprocess.TimeoutExpired:
        return
    if _QPDF_WORSE.get(after, 3) > _QPDF_WORSE.get(before, 3):
        yield f"qpdf --check ends {after}, before {before}"


def _ask(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )


def missing_programs() -> list[str]:
    """The second opinions that are not installed."""
    return [program for program in ("pdfsig", "qpdf") if shutil.which(program) is None]
