"""Wholeness: what must be true of an office once nothing is on its way any more, whatever befell it meanwhile.

Every input has exactly one document, one sealed file that begins with its bytes and holds, one debit, one act of whom
the folder acts as, one line in the return files, and its source left or archived once; nothing half-made is in sight,
and every chain checks.
"""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.credit import Account
from jesignd.domain.documents import DocumentState
from jesignd.domain.events import Event
from jesignd.domain.verdict import Outcome
from jesignd.durable import digest_of
from jesignd.errors import JesignError
from jesignd.pades.certificates import der, load
from jesignd.pades.verify import verify
from jesignd.store import delegations, journal, ledger
from jesignd.testing.office import Office

if TYPE_CHECKING:
    from jesignd.store.documents import Document
    from jesignd.store.ledger import Line

_PRICE = 5


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file given to the office, and whether its folder archives what has been delivered."""

    path: Path
    data: bytes
    archived: bool = False


@dataclass
class Wholeness:
    """Checks one office again and again; a sealed file that was found good is not verified a second time."""

    office: Office
    second_opinion: bool = True
    """Ask pdfsig about every sealed file too, where it is installed."""
    _good: set[tuple[Path, int]] = field(default_factory=set, init=False)

    def violations(self, dropped: Sequence[Dropped]) -> list[str]:
        """What is wrong, in words; empty: the office is whole."""
        found = self.office.documents()
        return [
            *self._documents(found, dropped),
            *self._sealed(found, dropped),
            *self._money(found),
            *self._returns(found),
            *self._sources(dropped),
            *self._litter(),
            *self._store(),
        ]

    def _documents(self, found: Sequence[Document], dropped: Sequence[Dropped]) -> Iterator[str]:
        times = Counter(one.claimed.relative_path for one in found)
        for one in dropped:
            if times[one.path.name] != 1:
                yield f"{one.path.name} has {times[one.path.name]} documents"
        for document in found:
            if document.state is not DocumentState.DELIVERED:
                code = document.hold.code if document.hold else None
                yield f"{document.claimed.relative_path} is {document.state} {code}"

    def _sealed(self, found: Sequence[Document], dropped: Sequence[Dropped]) -> Iterator[str]:
        files = {path.name: path for path in self.office.sealed_files()}
        if len(files) != len(self.office.sealed_files()) or len(files) != len(dropped):
            yield f"{len(self.office.sealed_files())} sealed files for {len(dropped)} inputs"
        digests = {one.claimed.relative_path: one.sealed.digest for one in found if one.sealed is not None}
        for one in dropped:
            path = files.get(f"{one.path.stem}_scellé.pdf")
            if path is None:
                yield f"{one.path.name} has no sealed file"
            elif (path, path.stat().st_mtime_ns) not in self._good:
                bad = list(self._judged(path, one, digests.get(one.path.name)))
                yield from bad
                if not bad:
                    self._good.add((path, path.stat().st_mtime_ns))

    def _judged(self, path: Path, one: Dropped, digest: str | None) -> Iterator[str]:
        data = path.read_bytes()
        if not data.startswith(one.data):
            yield f"{path.name} does not begin with what was dropped"
        if digest_of(path)[0] != digest:
            yield f"{path.name} is not the file the store speaks of"
        root = der(load((self.office.root / "racine.pem").read_bytes()))
        verdict = verify(data, anchors=[root], name=path.name)
        if verdict.outcome is not Outcome.VALID or len(verdict.signatures) != 1:
            yield f"{path.name} is {verdict.outcome} with {len(verdict.signatures)} signatures"
        if self.second_opinion and shutil.which("pdfsig"):
            said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
            if "Signature is Valid" not in said or "Total document signed" not in said:
                yield f"{path.name} does not hold for pdfsig"

    def _money(self, found: Sequence[Document]) -> Iterator[str]:
        with self.office.store() as database, database.reading() as transaction:
            acts = [line for line in ledger.statement(transaction) if line.reference.startswith("act:")]
            told = delegations.acts_on(transaction, [one.id for one in found])
            left = ledger.balance(transaction)
            moved = sum(_moved(line) for line in ledger.statement(transaction))
            sealings = {
                one.id: sum(entry.event is Event.SEALED for entry in journal.of_document(transaction, one.id))
                for one in found
            }
        if Counter(line.reference for line in acts) != Counter(f"act:seal:{one.id}:{one.epoch}" for one in found):
            yield f"{len(acts)} debits for {len(found)} documents"
        if any(line.amount != _PRICE for line in acts):
            yield "a debit of another price"
        if Counter(act.id for act in told) != Counter(f"seal:{one.id}:{one.epoch}" for one in found):
            yield f"{len(told)} acts for {len(found)} documents"
        if left != moved:
            yield f"the account holds {left}, its lines come to {moved}"
        for document, times in sealings.items():
            if times != 1:
                yield f"{document} was told sealed {times} times"

    def _returns(self, found: Sequence[Document]) -> Iterator[str]:
        lines: Counter[str] = Counter()
        for path in sorted(self.office.returns.glob("*.csv")):
            data = path.read_bytes()
            if not data.endswith(b"\r\n"):
                yield f"{path.name} is cut short"
            for row in csv.DictReader(io.StringIO(data.decode("cp1252"), newline=""), delimiter=";"):
                lines[row["ID_JESIGND"]] += 1
                if row["STATUT"] != "SCELLE":
                    yield f"{path.name} says {row['STATUT']}"
        for one in found:
            if lines[one.id] != 1:
                yield f"{one.claimed.relative_path} has {lines[one.id]} lines in return files"

    def _sources(self, dropped: Sequence[Dropped]) -> Iterator[str]:
        archived = Counter(path.name for path in self.office.archive.rglob("*.pdf"))
        for one in dropped:
            if archived[one.path.name] != int(one.archived):
                yield f"{one.path.name} was archived {archived[one.path.name]} times"
            if one.path.exists() == one.archived:
                yield f"{one.path.name} is {'still' if one.archived else 'no longer'} in its folder"
            kept = next(self.office.archive.rglob(one.path.name), one.path) if one.archived else one.path
            if kept.exists() and kept.read_bytes() != one.data:
                yield f"{one.path.name} is not what was dropped"

    def _litter(self) -> Iterator[str]:
        office = self.office
        allowed = {office.delivered: ".pdf", office.archive: ".pdf", office.returns: ".csv", office.rejects: ""}
        for place, suffix in allowed.items():
            for path in place.rglob("*"):
                if path.is_file() and (path.suffix != suffix or path.name.startswith(".")):
                    yield f"{path.relative_to(office.root)} is nobody's"
        for folder in office.root.glob("exports*"):
            for path in folder.rglob(".*"):
                if path.name != ".jesignd-root":
                    yield f"{path.relative_to(office.root)} is left over"
        for path in (office.state / "vault" / "temporary").iterdir():
            yield f"{path.name} is left in the vault"

    def _store(self) -> Iterator[str]:
        with sqlite3.connect(self.office.state / "jesignd.db") as held:
            (said,) = held.execute("PRAGMA integrity_check").fetchone()
        held.close()
        if said != "ok":
            yield f"the database says {said}"
        with self.office.store() as database, database.reading() as transaction:
            try:
                ledger.check_chain(transaction)
                journal.check_chain(transaction)
            except JesignError as error:
                yield error.message.en


def _moved(line: Line) -> int:
    """What a line does to what may be spent."""
    return line.amount * ((line.destination is Account.FIRM) - (line.source is Account.FIRM))
