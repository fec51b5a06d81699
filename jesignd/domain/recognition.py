"""Recognition: what a connector says a document is, and on what evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind, Period
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Source(StrEnum):
    """Where a clue was read; declared strongest first (C§1.5)."""

    SIDECAR = "sidecar"
    INDEX = "index"
    NAME = "name"
    FOLDER = "folder"
    TEXT = "text"


class Trait(StrEnum):
    """What a clue speaks of."""

    KIND = "kind"
    CLIENT = "client"
    PERIOD = "period"
    EMPLOYEE = "employee"
    NUMBER = "number"
    LABEL = "label"
    VERSION = "version"
    ORIGIN = "origin"
    SIREN = "siren"
    CLIENT_NAME = "client_name"
    DIGEST = "digest"
    SIZE = "size"
    ACT = "act"


MUST_AGREE = (Trait.KIND, Trait.CLIENT, Trait.PERIOD, Trait.EMPLOYEE, Trait.NUMBER, Trait.SIREN)
"""Two sources that differ on one of these hold the document; on the others the strongest source speaks."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing read in one place. `where` is for people: a file name, and a line in an index."""

    trait: Trait
    value: str
    source: Source
    where: str


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a signatory's mark goes: page from 1, or -1 for the last; points from the lower left of the page shown."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Signatory:
    """A natural person who is to sign, as announced by the production software."""

    order: int
    role: str
    last_name: str
    first_name: str
    email: str
    mobile: str = ""
    civility: str = ""
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """The connector knows what this is."""

    kind: DocumentKind
    client_code: str
    period: Period
    employee: str | None = None
    number: str | None = None
    label: str | None = None
    version: int | None = None
    origin_id: str | None = None
    siren: str | None = None
    requested_act: str | None = None
    signatories: tuple[Signatory, ...] = ()
    clues: tuple[Clue, ...] = field(default=())
    notes: tuple[Words, ...] = ()
    """What was passed over while reading (an unknown column, a doubtful letter), for whoever looks closely."""

    @property
    def origin_key(self) -> str:
        """What makes two exports the same document in its software (C§1.9); the folder is added by whoever compares."""
        parts = (self.client_code, self.kind.code, self.period.compact, self.employee, self.number, self.origin_id)
        return "|".join(part or "" for part in parts)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The connector will not say: the document holds, with what was read."""

    code: Code
    reason: Words
    hint: Words | None = None
    clues: tuple[Clue, ...] = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """The file cannot be accepted at all (not a PDF, announced with another digest…): it goes back to its sender."""

    code: Code
    reason: Words
    hint: Words | None = None
    clues: tuple[Clue, ...] = ()


Recognition = Recognised | Doubtful | Unusable


def contradictions(clues: Iterable[Clue]) -> Mapping[Trait, tuple[Clue, ...]]:
    """The traits on which sources differ, each with every clue about it, strongest source first.

    Values are compared as given: a connector normalises before it makes a clue.
    """
    order = list(Source)
    by_trait: dict[Trait, list[Clue]] = {}
    for clue in clues:
        by_trait.setdefault(clue.trait, []).append(clue)
    return {
        trait: tuple(sorted(found, key=lambda clue: order.index(clue.source)))
        for trait, found in by_trait.items()
        if trait in MUST_AGREE and len({clue.value for clue in found}) > 1
    }


def settle(clues: Iterable[Clue]) -> Mapping[Trait, str]:
    """The value of each trait from its strongest source."""
    order = list(Source)
    settled: dict[Trait, str] = {}
    for clue in sorted(clues, key=lambda clue: order.index(clue.source)):
        settled.setdefault(clue.trait, clue.value)
    return settled
