"""Documents: what a file is once it is ours, and the one table of what may become of it."""

from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, NewType, Protocol

from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DocumentId = NewType("DocumentId", str)
"""`doc_` and 32 hexadecimal digits; derived from where, when and what was found, so the same file has one id."""

Digest = NewType("Digest", str)
"""SHA-256, 64 lower-case hexadecimal digits."""

_NAMESPACE = uuid.UUID("6a657369-676e-5d00-8000-646f63756d65")


class DocumentKind(Enum):
    """What the firm calls the paper; the value is the code seen in file names."""

    ENGAGEMENT_LETTER = "LDM"
    FEE_NOTE = "NH"
    PAYSLIP = "BP"
    ANNUAL_ACCOUNTS = "PLQ"
    ATTESTATION = "ATT"
    MEETING_MINUTES = "PVAG"
    EMPLOYMENT_CONTRACT = "CT"
    CURRENT_ACCOUNT_STATEMENT = "ECC"
    INVENTORY = "INV"
    HR_DOCUMENT = "RH"
    LEGAL_DOCUMENT = "JUR"
    EXTRA_SERVICES = "PC"
    REGISTRY_FILING = "DEP"

    @property
    def code(self) -> str:
        """The code other software writes in file names."""
        return self.value

    @classmethod
    def from_code(cls, code: str) -> DocumentKind:
        """The kind with this code, in any case; ValueError when there is none."""
        return cls(code.upper())


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """What the document speaks of: a year, a month or a day (`2026`, `2026-10`, `2026-10-31`)."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
            if self.day is not None:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)

    @property
    def compact(self) -> str:
        """`2026`, `202610` or `20261031`, as file names and indexes write it."""
        return str(self).replace("-", "")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026`, `202610`, `2026-10`, `20261031` or `2026-10-31`; ValueError for anything else."""
        match = re.fullmatch(r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2}))?)?", text.strip())
        if match is None:
            raise ValueError(f"not a period: {text!r}")
        year, month, day = (int(part) if part else None for part in match.groups())
        return cls._checked(year or 0, month, day)

    @classmethod
    def _checked(cls, year: int, month: int | None, day: int | None) -> Period:
        datetime.date(year, month or 1, day or 1)
        if not 1900 <= year < 2100:
            raise ValueError(f"not a year of this business: {year}")
        return cls(year, month, day)


class DocumentState(StrEnum):
    """Where a document stands; exactly one at any time."""

    RECEIVED = "received"
    RECOGNISED = "recognised"
    AUTHORISED = "authorised"
    SEALED = "sealed"
    DELIVERED = "delivered"
    DRAFT = "draft"
    """Recognised, its rule asks for signatures: waits, visibly, for its envelope."""
    HELD = "held"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    """The same document with the same contents was treated before; nothing is done or charged again."""
    REPLACED = "replaced"
    """Its software exported it again, otherwise, before it was sealed: the later export is treated."""


TRANSITIONS: Mapping[DocumentState, frozenset[DocumentState]] = {
    DocumentState.RECEIVED: frozenset(
        {DocumentState.RECOGNISED, DocumentState.HELD, DocumentState.REJECTED, DocumentState.REPLACED}
    ),
    DocumentState.RECOGNISED: frozenset(
        {
            DocumentState.AUTHORISED,
            DocumentState.DRAFT,
            DocumentState.HELD,
            DocumentState.REJECTED,
            DocumentState.DUPLICATE,
            DocumentState.REPLACED,
        }
    ),
    DocumentState.AUTHORISED: frozenset(
        {
            DocumentState.SEALED,
            DocumentState.HELD,
            DocumentState.REJECTED,
            DocumentState.RECOGNISED,
            DocumentState.REPLACED,
        }
    ),
    DocumentState.SEALED: frozenset({DocumentState.DELIVERED, DocumentState.HELD}),
    DocumentState.HELD: frozenset(
        {
            DocumentState.RECEIVED,
            DocumentState.RECOGNISED,
            DocumentState.SEALED,
            DocumentState.REJECTED,
            DocumentState.REPLACED,
        }
    ),
    DocumentState.DRAFT: frozenset({DocumentState.RECOGNISED, DocumentState.REJECTED, DocumentState.REPLACED}),
    DocumentState.DELIVERED: frozenset(),
    DocumentState.REJECTED: frozenset(),
    DocumentState.DUPLICATE: frozenset(),
    DocumentState.REPLACED: frozenset(),
}
"""The only moves there are. A document held goes back to the state in which its cause is looked at again."""

FINAL_STATES = frozenset(state for state, following in TRANSITIONS.items() if not following)


class CompanionRole(StrEnum):
    """What a file beside the document is for."""

    SIDECAR = "sidecar"
    INDEX = "index"
    MARKER = "marker"
    DIRECTORY = "directory"
    """A list of people or clients that serves many documents."""


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that came with the document, as claimed: its bytes are in the vault under their digest."""

    role: CompanionRole
    relative_path: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file taken out of a watched folder exactly once; its bytes are in the vault under `digest`.

    `relative_path` is NFC, `/`-separated and for people and keys; `listed_path` is the same as the directory listed it,
    with undecodable bytes kept (`os.fsdecode`), and is the only one to open the source with.
    """

    folder: str
    relative_path: str
    listed_path: str
    size: int
    mtime_ns: int
    inode: int
    digest: Digest
    companions: tuple[Companion, ...] = ()
    lot: str | None = None
    """Name of the batch index that announced it, where there is one."""

    @property
    def id(self) -> DocumentId:
        """The same file listed ten times is one document; the same name dropped tomorrow is another."""
        key = f"{self.folder}\0{self.relative_path}\0{self.size}\0{self.mtime_ns}\0{self.digest}"
        return DocumentId(f"doc_{uuid.uuid5(_NAMESPACE, key).hex}")


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that may not be claimed (symbolic link, device, hard link from elsewhere, hostile name), and why.

    It stays where it is, is told once, and is looked at again when it changes.
    """

    folder: str
    relative_path: str
    code: Code
    reason: Words


class Keeper(Protocol):
    """Where claimed bytes are kept; what it returns is on the disk for good once its batch is closed."""

    def keep(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        """Keep these bytes; their SHA-256 and their number."""
