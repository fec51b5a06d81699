"""Contract: the typed objects that pass between jesignd and a connector; version 1.

A connector says what a file is. It gets no key, no database and no other folder; it opens nothing itself. Its methods
are pure: they run in a confined child process, may be called again with the same input, and must answer the same.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from jesignd.domain.documents import Digest, DocumentId, DocumentKind
from jesignd.domain.folders import Conventions
from jesignd.domain.levels import PadesLevel
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from jesignd.domain.recognition import Recognition

API = 1
"""The contract's version; it only grows, and a connector written for another one is not loaded."""


class Evidence(StrEnum):
    """On what a connector's knowledge of its software rests; shown to people, so that no guess looks like support."""

    VENDOR_DOC = "vendor-doc"
    PUBLIC_CODE = "public-code"
    OUR_CONVENTION = "our-convention"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who a connector is. `name` is what `connector:` says in the configuration: lower case, digits, `-` and `_`."""

    name: str
    title: Words
    kinds: frozenset[DocumentKind]
    """The only kinds it may ever answer."""
    evidence: Evidence
    docs: str
    """Where people read what is known and what is convention."""
    api: int = API


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with the document: its path below the watched folder, and its bytes."""

    name: str
    data: bytes


def _nothing(_limit: int) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A document and everything that came with it, as found in one folder."""

    folder: str
    relative_path: str
    """Below the watched folder, NFC, with `/`."""
    size: int
    digest: Digest
    lot: str | None = None
    sidecar: Attached | None = None
    index: Attached | None = None
    directories: Mapping[str, bytes] = field(default_factory=dict)
    """Lists that serve the whole folder, by the name they were asked for under."""
    read: Callable[[int], bytes] = field(default=_nothing, compare=False)
    """The first bytes of the document, at most this many and never more than `MAX_HEAD`."""

    @property
    def name(self) -> str:
        """The file's name, without its folders."""
        return self.relative_path.rsplit("/", 1)[-1]

    @property
    def stem(self) -> str:
        """The file's name without its last suffix."""
        return self.name.rsplit(".", 1)[0]

    @property
    def parents(self) -> tuple[str, ...]:
        """The names of the folders above the file, outermost first."""
        return tuple(self.relative_path.split("/")[:-1])


MAX_HEAD = 1 << 20


class ReturnStatus(StrEnum):
    """What became of a document, as return files say it (C§1.10)."""

    SIGNED = "SIGNE"
    SEALED = "SCELLE"
    IN_ENVELOPE = "EN_COLLECTE"
    TO_APPROVE = "A_APPROUVER"
    WAITING = "EN_ATTENTE"
    DUPLICATE = "DOUBLON"
    REPLACED = "REMPLACE"
    DECLINED = "REFUSE"
    EXPIRED = "EXPIRE"
    REJECTED = "REJETE"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document of a lot. Dates are aware, UTC."""

    document: DocumentId
    relative_path: str
    digest: Digest
    status: ReturnStatus
    code: Code | None = None
    message: str = ""
    signed_name: str = ""
    signed_digest: Digest | None = None
    origin_id: str | None = None
    level: PadesLevel | None = None
    signed_at: datetime.datetime | None = None
    line: int | None = None
    """Line of the batch index, where there is one."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Documents that came together, and the index that announced them, where there was one."""

    name: str
    outcomes: tuple[Outcome, ...]
    index: Attached | None = None


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A file the production software reads back; `name` is one plain file name."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class NoOptions:
    """For a connector without settings of its own."""


Options = TypeVar("Options")


class Connector(ABC, Generic[Options]):
    """What a plugin offers for one software: subclass, name it in a manifest, say what a file is.

    `options_schema` is a frozen dataclass whose every field has a default; the configuration's `options:` are checked
    against it, and an unknown one is an error that names the nearest.
    """

    manifest: ClassVar[Manifest]
    options_schema: ClassVar[type] = NoOptions

    def conventions(self, options: Options) -> Conventions:  # noqa: ARG002 - the default needs none
        """Which files of the export folder belong together."""
        return Conventions()

    @abstractmethod
    def recognise(self, bundle: Bundle, options: Options) -> Recognition:
        """What this document is, with the clues it was read from; MUST NOT guess: what is unclear is `Doubtful`."""

    def return_rows(self, lot: Lot, options: Options) -> ReturnFile | None:  # noqa: ARG002
        """The file in which this software reads back what became of a lot; None where it has none."""
        return None
