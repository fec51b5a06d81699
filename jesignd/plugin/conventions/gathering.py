"""Gathering: make one answer out of what sidecar, index, name and folder say, or hold and show both sides.

The strongest source never silently wins where the others disagree on what must agree: for a seal, a wrong client is the
worst mistake there is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import (
    Clue,
    Doubtful,
    Recognised,
    Recognition,
    Signatory,
    Source,
    Trait,
    Unusable,
    contradictions,
    settle,
)
from jesignd.errors import Code, Words
from jesignd.plugin.conventions.declared import Declared, remedies
from jesignd.plugin.conventions.filenames import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jesignd.plugin.contract import Bundle

YEAR, MONTH, DAY = 1, 2, 3
PRECISION: Mapping[DocumentKind, frozenset[int]] = {
    DocumentKind.PAYSLIP: frozenset({MONTH}),
    DocumentKind.FEE_NOTE: frozenset({DAY}),
    DocumentKind.MEETING_MINUTES: frozenset({DAY}),
    DocumentKind.ENGAGEMENT_LETTER: frozenset({YEAR, DAY}),
    DocumentKind.ANNUAL_ACCOUNTS: frozenset({YEAR, DAY}),
    DocumentKind.INVENTORY: frozenset({YEAR, DAY}),
    DocumentKind.CURRENT_ACCOUNT_STATEMENT: frozenset({YEAR, DAY}),
}
"""How exactly each kind's period is said (a day being a closing date); kinds not listed take any."""

_NAMES: Mapping[Trait, Words] = {
    Trait.KIND: Words("le type", "the kind"),
    Trait.CLIENT: Words("le dossier", "the client"),
    Trait.PERIOD: Words("la période", "the period"),
    Trait.EMPLOYEE: Words("le matricule", "the employee number"),
    Trait.NUMBER: Words("le numéro", "the number"),
    Trait.SIREN: Words("le SIREN", "the SIREN"),
}
_MISSING = {Trait.KIND: Code.UNKNOWN_KIND, Trait.CLIENT: Code.UNKNOWN_CLIENT, Trait.PERIOD: Code.AMBIGUOUS}


def gather(bundle: Bundle, declared: Sequence[Declared]) -> Recognition:
    """The answer about this document; `declared` in order of strength decides only who names the signatories."""
    clues = tuple(clue for each in declared for clue in each.clues)
    doubt = _announced_otherwise(bundle, clues) or _contradicted(clues) or _missing(bundle, clues)
    if doubt is not None:
        return doubt
    settled = settle(clues)
    kind = DocumentKind.from_code(settled[Trait.KIND])
    period = _period(kind, clues)
    if period is None:
        return _imprecise(kind, settled[Trait.PERIOD], clues)
    people = _signatories(declared)
    if people is None:
        return _two_lists(clues)
    return Recognised(
        kind=kind,
        client_code=settled[Trait.CLIENT],
        period=period,
        employee=settled.get(Trait.EMPLOYEE),
        number=settled.get(Trait.NUMBER),
        label=settled.get(Trait.LABEL),
        version=int(settled[Trait.VERSION]) if Trait.VERSION in settled else None,
        origin_id=settled.get(Trait.ORIGIN),
        siren=settled.get(Trait.SIREN),
        requested_act=settled.get(Trait.ACT),
        signatories=people,
        clues=clues,
        notes=tuple(note for each in declared for note in each.notes),
    )


def conflicts(clues: Iterable[Clue]) -> Mapping[Trait, tuple[Clue, ...]]:
    """The traits on which sources differ. A year and a month of that year do not: the second is only more exact."""
    return {
        trait: found
        for trait, found in contradictions(clues).items()
        if trait is not Trait.PERIOD or not _nested([clue.value for clue in found])
    }


def _nested(periods: Iterable[str]) -> bool:
    ordered = sorted(set(periods), key=len)
    return all(longer.startswith(f"{shorter}-") for shorter, longer in pairwise(ordered))


def _announced_otherwise(bundle: Bundle, clues: Sequence[Clue]) -> Unusable | None:
    actual = {Trait.DIGEST: str(bundle.digest), Trait.SIZE: str(bundle.size)}
    for clue in clues:
        if clue.trait in actual and clue.value != actual[clue.trait]:
            return Unusable(
                Code.DIGEST_MISMATCH,
                Words(
                    f"{clue.where} annonce {clue.value[:16]}, le fichier a {actual[clue.trait][:16]}",
                    f"{clue.where} announces {clue.value[:16]}, the file has {actual[clue.trait][:16]}",
                ),
                Words(
                    "Le fichier est abîmé ou a été remplacé : exporter de nouveau.",
                    "Damaged or replaced: export again.",
                ),
                tuple(clues),
            )
    return None


def _contradicted(clues: Sequence[Clue]) -> Doubtful | None:
    differing = conflicts(clues)
    if not differing:
        return None
    french = [
        f"{_NAMES[trait].fr} " + " ≠ ".join(f"« {clue.value} » ({clue.where})" for clue in found)
        for trait, found in differing.items()
    ]
    english = [
        f"{_NAMES[trait].en} " + " ≠ ".join(f"“{clue.value}” ({clue.where})" for clue in found)
        for trait, found in differing.items()
    ]
    return Doubtful(
        Code.CONTRADICTION,
        Words(
            f"les sources se contredisent : {' ; '.join(french)}",
            f"the sources contradict each other: {'; '.join(english)}",
        ),
        Words(
            "Corriger la source fausse, puis exporter de nouveau.", "Mend the source that is wrong, then export again."
        ),
        tuple(clues),
    )


def _missing(bundle: Bundle, clues: Sequence[Clue]) -> Doubtful | None:
    known = {clue.trait for clue in clues if clue.value}
    absent = [trait for trait in _MISSING if trait not in known]
    if not absent:
        return None
    names = [_NAMES[trait] for trait in absent]
    why = fault(bundle.name)
    return Doubtful(
        _MISSING[absent[0]],
        Words(
            f"rien ne dit {', ni '.join(name.fr for name in names)}" + (f" ; dans le nom, {why.fr}" if why else ""),
            f"nothing says {', nor '.join(name.en for name in names)}" + (f"; in the name, {why.en}" if why else ""),
        ),
        remedies(absent[0]),
        tuple(clues),
    )


def _period(kind: DocumentKind, clues: Sequence[Clue]) -> Period | None:
    """The strongest source's period among those exact enough for the kind; the most exact where the kind takes any."""
    order = list(Source)
    said = sorted((clue for clue in clues if clue.trait is Trait.PERIOD), key=lambda clue: order.index(clue.source))
    if kind not in PRECISION:
        return Period.parse(max((clue.value for clue in said), key=len))
    fitting = (clue.value for clue in said if clue.value.count("-") + 1 in PRECISION[kind])
    first = next(fitting, None)
    return None if first is None else Period.parse(first)


def _imprecise(kind: DocumentKind, said: str, clues: tuple[Clue, ...]) -> Doubtful:
    forms = {YEAR: Words("AAAA", "YYYY"), MONTH: Words("AAAAMM", "YYYYMM"), DAY: Words("AAAAMMJJ", "YYYYMMDD")}
    wanted = [forms[precision] for precision in sorted(PRECISION[kind])]
    return Doubtful(
        Code.AMBIGUOUS,
        Words(
            f"la période d’un {kind.code} s’écrit {' ou '.join(form.fr for form in wanted)}, pas « {said} »",
            f"the period of a {kind.code} is written {' or '.join(form.en for form in wanted)}, not “{said}”",
        ),
        remedies(Trait.PERIOD),
        clues,
    )


def _signatories(declared: Sequence[Declared]) -> tuple[Signatory, ...] | None:
    """The list of the first source that has one; None when another source names other people."""
    lists = [each.signatories for each in declared if each.signatories]
    asked = {tuple((person.order, person.email.casefold()) for person in people) for people in lists}
    if len(asked) > 1:
        return None
    return lists[0] if lists else ()


def _two_lists(clues: tuple[Clue, ...]) -> Doubtful:
    return Doubtful(
        Code.CONTRADICTION,
        Words("deux sources annoncent des signataires différents", "two sources announce different signatories"),
        Words(
            "Corriger la source fausse, puis exporter de nouveau.", "Mend the source that is wrong, then export again."
        ),
        clues,
    )
