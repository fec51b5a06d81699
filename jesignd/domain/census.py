"""Census: what an export folder holds, who would sign, which software wrote it, and what is still missing.

Counting only: whoever looked at the folder says what was seen, one `Seen` a document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from jesignd.domain.census_people import PersonRow, RightRow, people_rows, right_rows
from jesignd.domain.credit import Cents, Prices
from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.levels import FLOORS, Act, LegalLevel
from jesignd.domain.recognition import MUST_AGREE, Clue, Doubtful, Recognised, Signatory, Source, Trait, Unusable
from jesignd.domain.suggestions import Suggestion, suggest
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jesignd.domain.recognition import Recognition

SAMPLES = 3
"""File names shown in each line."""


class Confidence(StrEnum):
    """On what the kind of a document rests, strongest first."""

    ANNOUNCED = "announced"
    """A sidecar or an index says it."""
    CORROBORATED = "corroborated"
    """Two places agree on the client, the kind or the period."""
    NAMED = "named"
    """The file's name alone."""


class Score(NamedTuple):
    """How well a connector fits a sample: compared share of documents recognised first, then how much agrees."""

    recognised: int
    clues: int
    tried: int

    @property
    def rank(self) -> tuple[float, float]:
        """Higher is better."""
        tried = max(self.tried, 1)
        return self.recognised / tried, self.clues / tried

    def __add__(self, other: object) -> Score:
        assert isinstance(other, Score)
        return Score(self.recognised + other.recognised, self.clues + other.clues, self.tried + other.tried)


@dataclass(frozen=True, slots=True)
class Seen:
    """One file of the folder; a kind and a period, or the reason there is none."""

    folder: str
    path: str
    size: int = 0
    kind: DocumentKind | None = None
    client: str = ""
    period: Period | None = None
    confidence: Confidence = Confidence.NAMED
    signatories: tuple[Signatory, ...] = ()
    rule: str | None = None
    """The rule of the present configuration that speaks of it."""
    code: Code | None = None
    reason: Words | None = None
    hint: Words | None = None


@dataclass(frozen=True, slots=True)
class Software:
    """One export folder, the connector that fits it best, and how the others fared."""

    folder: str
    path: str
    connector: str
    title: Words
    evidence: str
    """`vendor-doc`, `public-code` or `our-convention`: on what the connector's knowledge rests."""
    docs: str
    documents: int
    recognised: int
    sidecars: int
    indexes: int
    directories: int
    tried: Mapping[str, Score]
    """Every connector tried on a sample; empty when one was imposed."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of document: how many, how surely, what is done with it by default, and the text that says so."""

    kind: DocumentKind
    count: int
    clients: int
    bytes: int
    act: Act | None
    level: LegalLevel
    law: Words
    confidence: Mapping[Confidence, int]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """Documents of one month (or year, where they say no month), by what is done with them."""

    period: str
    seal: int
    sign: int
    choose: int

    def cost(self, prices: Prices) -> Cents:
        """What the month costs before tax, one signature a document, what is to be chosen not counted."""
        return Cents(self.seal * prices.seal + self.sign * prices.signature)


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """Files that cannot be treated as they are, for one reason."""

    code: Code
    count: int
    reason: Words
    hint: Words | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """Names nobody reads that look alike: `Scan du # novembre.pdf`."""

    shape: str
    count: int
    sample: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind for which a rule has to be written, and why."""

    kind: DocumentKind
    count: int
    why: Words


@dataclass(frozen=True, slots=True)
class Census:
    """The tables, each in the order in which it is shown."""

    root: str
    files: int
    kinds: tuple[KindRow, ...]
    volumes: tuple[VolumeRow, ...]
    people: tuple[PersonRow, ...]
    accounts: tuple[Suggestion, ...]
    rights: tuple[RightRow, ...]
    software: tuple[Software, ...]
    doubts: tuple[DoubtRow, ...]
    shapes: tuple[ShapeRow, ...]
    gaps: tuple[Gap, ...]

    @property
    def recognised(self) -> int:
        """How many files are documents of a known kind."""
        return sum(row.count for row in self.kinds)


def score(recognitions: Iterable[Recognition]) -> Score:
    """How well these answers of one connector are founded."""
    answers = tuple(recognitions)
    good = [answer for answer in answers if isinstance(answer, Recognised)]
    return Score(len(good), sum(len(_places(answer.clues)) for answer in good), len(answers))


def _places(clues: Iterable[Clue]) -> set[tuple[Trait, Source]]:
    return {(clue.trait, clue.source) for clue in clues if clue.trait in MUST_AGREE}


def confidence(clues: Sequence[Clue]) -> Confidence:
    """On what a recognition rests."""
    if any(clue.trait is Trait.KIND and clue.source in {Source.SIDECAR, Source.INDEX} for clue in clues):
        return Confidence.ANNOUNCED
    traits = Counter(trait for trait, _ in _places(clues))
    return Confidence.CORROBORATED if any(count > 1 for count in traits.values()) else Confidence.NAMED


def seen(folder: str, path: str, size: int, answer: Recognition) -> Seen:
    """A document as the census keeps it."""
    if isinstance(answer, Doubtful | Unusable):
        return Seen(folder, path, size, code=answer.code, reason=answer.reason, hint=answer.hint)
    return Seen(
        folder,
        path,
        size,
        kind=answer.kind,
        client=answer.client_code,
        period=answer.period,
        confidence=confidence(answer.clues),
        signatories=answer.signatories,
    )


def count(root: str, everything: Sequence[Seen], software: Sequence[Software], *, ruled: bool = False) -> Census:
    """The tables; `ruled` says that `Seen.rule` was filled in from a configuration in force."""
    known = [one for one in everything if one.kind is not None]
    named = people_rows((one.kind, one.signatories) for one in known if one.kind is not None)
    return Census(
        root=root,
        files=len(everything),
        kinds=_kinds(known),
        volumes=_volumes(known),
        people=named,
        accounts=suggest(named),
        rights=right_rows((one.folder, one.kind) for one in known if one.kind is not None),
        software=tuple(software),
        doubts=_doubts(everything),
        shapes=_shapes(everything),
        gaps=_gaps(known, ruled=ruled),
    )


def _kinds(known: Sequence[Seen]) -> tuple[KindRow, ...]:
    rows = []
    for kind in DocumentKind:
        ours = [one for one in known if one.kind is kind]
        if ours:
            floor = FLOORS[kind]
            rows.append(
                KindRow(
                    kind=kind,
                    count=len(ours),
                    clients=len({one.client for one in ours}),
                    bytes=sum(one.size for one in ours),
                    act=floor.default,
                    level=floor.signature,
                    law=floor.article,
                    confidence={level: sum(one.confidence is level for one in ours) for level in Confidence},
                    samples=tuple(f"{one.folder}/{one.path}" for one in ours[:SAMPLES]),
                )
            )
    return tuple(sorted(rows, key=lambda row: (-row.count, row.kind.code)))


def _volumes(known: Sequence[Seen]) -> tuple[VolumeRow, ...]:
    counted = Counter((_month(one.period), FLOORS[one.kind].default) for one in known if one.kind and one.period)
    return tuple(
        VolumeRow(period, counted[period, Act.SEAL], counted[period, Act.SIGN], counted[period, None])
        for period in sorted({period for period, _ in counted})
    )


def _month(period: Period) -> str:
    return str(Period(period.year, period.month))


def _doubts(everything: Sequence[Seen]) -> tuple[DoubtRow, ...]:
    rows = []
    for code in Code:
        ours = [one for one in everything if one.code is code]
        if ours:
            first = ours[0]
            assert first.reason is not None
            samples = tuple(f"{one.folder}/{one.path}" for one in ours[:SAMPLES])
            rows.append(DoubtRow(code, len(ours), first.reason, first.hint, samples))
    return tuple(sorted(rows, key=lambda row: (-row.count, row.code)))


def shape(path: str) -> str:
    """The name with every run of digits as one `#`: what names of the same origin have in common."""
    return re.sub(r"\d+", "#", path.rsplit("/", 1)[-1])


def _shapes(everything: Sequence[Seen]) -> tuple[ShapeRow, ...]:
    unread = [one for one in everything if one.code in {Code.UNKNOWN_KIND, Code.UNKNOWN_CLIENT, Code.AMBIGUOUS}]
    counted = Counter(shape(one.path) for one in unread)
    first = {shape(one.path): f"{one.folder}/{one.path}" for one in reversed(unread)}
    return tuple(ShapeRow(form, many, first[form]) for form, many in sorted(counted.items(), key=_most)[:20])


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _gaps(known: Sequence[Seen], *, ruled: bool) -> tuple[Gap, ...]:
    gaps = []
    for kind in DocumentKind:
        ours = [one for one in known if one.kind is kind and (not ruled or one.rule is None)]
        if ours and ruled:
            why = Words("aucune règle de la configuration n’en parle", "no rule of the configuration speaks of it")
            gaps.append(Gap(kind, len(ours), why))
        elif ours and FLOORS[kind].default is None:
            why = Words(
                "aucun acte n’est d’usage : la règle doit choisir de sceller ou de faire signer",
                "no act is customary: the rule must choose to seal or to have it signed",
            )
            gaps.append(Gap(kind, len(ours), why))
    return tuple(gaps)
