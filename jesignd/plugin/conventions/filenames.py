"""Filenames: what a file's name says, in the neutral writing or one of a connector's own (C§1.4).

    TYPE_DOSSIER_PÉRIODE[_MAT-matricule][_NUM-numéro][_libellé][_Vn].pdf

The parts are told apart by `_`, never by position inside a part: with a bare `M` prefix, « Mission » would read as
employee « ission ». The month comes before the day or not at all, or 2026 followed by 13 would pass for a year.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import Doubtful, Source, Trait
from jesignd.errors import Code, Words
from jesignd.plugin.conventions.declared import Declared, clue

Reading = Mapping[Trait, str]
Naming = Callable[[str], Reading | None]
"""A way of naming files: what a stem (NFC, without suffix) says, or None when it is not written that way."""

_CLIENT = re.compile(r"[0-9A-Z]{1,10}", re.ASCII | re.IGNORECASE)
_PERIOD = re.compile(r"(?:\d{4}|\d{6}|\d{8})", re.ASCII)
_EMPLOYEE = re.compile(r"MAT-([0-9A-Z]{1,12})", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"NUM-([0-9A-Z-]{1,20})", re.ASCII | re.IGNORECASE)
_VERSION = re.compile(r"V(\d{1,3})", re.ASCII | re.IGNORECASE)
_TAGGED = re.compile(r"(?:MAT|NUM)-", re.IGNORECASE)
_MAX_LABEL = 60


def neutral(stem: str) -> Reading | None:
    """What a stem says in the neutral writing; None when it is not in it."""
    parts = stem.split("_")
    if len(parts) < 3:
        return None
    kind, client, period, *rest = parts
    if not (_is_kind(kind) and _CLIENT.fullmatch(client) and _is_period(period)):
        return None
    said = {Trait.KIND: kind.upper(), Trait.CLIENT: client.upper(), Trait.PERIOD: period}
    return said if _read_optional(rest, said) else None


def _read_optional(rest: list[str], said: dict[Trait, str]) -> bool:
    """Read the optional parts, in their one order, into `said`; whether nothing is left over."""
    for trait, pattern in ((Trait.EMPLOYEE, _EMPLOYEE), (Trait.NUMBER, _NUMBER)):
        if rest and (match := pattern.fullmatch(rest[0])):
            said[trait] = match[1].upper()
            rest = rest[1:]
    if rest and (match := _VERSION.fullmatch(rest[-1])):
        said[Trait.VERSION] = str(int(match[1]))
        rest = rest[:-1]
    if len(rest) == 1 and _is_label(rest[0]):
        said[Trait.LABEL] = rest[0]
        return True
    return not rest


def _is_label(part: str) -> bool:
    return 0 < len(part) <= _MAX_LABEL and not _TAGGED.match(part) and not _VERSION.fullmatch(part)


def _is_kind(code: str) -> bool:
    return any(kind.code == code.upper() for kind in DocumentKind)


def _is_period(digits: str) -> bool:
    try:
        Period.parse(digits)
    except ValueError:
        return False
    return _PERIOD.fullmatch(digits) is not None


def pattern(expression: str) -> Naming:
    """A naming from a regular expression whose named groups are traits (`kind`, `client`, `period`, `employee`…).

    Raises:
        ValueError: not a regular expression, or a group that is no trait.
    """
    try:
        compiled = re.compile(expression, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    traits = {name: Trait(name) for name in compiled.groupindex}

    def read(stem: str) -> Reading | None:
        match = compiled.fullmatch(stem)
        return {traits[name]: value for name, value in match.groupdict().items() if value} if match else None

    return read


def read_name(name: str, namings: Sequence[Naming] = (neutral,)) -> Declared | Doubtful:
    """What the file's name says; nothing when no naming fits; doubtful when two fit and mean different things."""
    stem = unicodedata.normalize("NFC", name).rsplit(".", 1)[0]
    readings: list[Declared] = []
    for naming in namings:
        said = naming(stem)
        if said is None:
            continue
        try:
            clues = tuple(clue(trait, value, Source.NAME, where=name) for trait, value in said.items())
        except ValueError:
            continue
        readings.append(Declared(clues))
    if not readings:
        return Declared()
    first = readings[0]
    for other in readings[1:]:
        if set(other.clues) != set(first.clues):
            return _ambiguous(name, first, other)
    return first


def _ambiguous(name: str, first: Declared, second: Declared) -> Doubtful:
    one, two = (", ".join(f"{clue.trait}={clue.value}" for clue in reading.clues) for reading in (first, second))
    return Doubtful(
        Code.AMBIGUOUS,
        Words(f"« {name} » se lit de deux façons : {one} ; {two}", f"“{name}” reads in two ways: {one}; {two}"),
        Words(
            "Renommer le fichier, ou n’accepter qu’une de ces écritures.",
            "Rename the file, or accept one writing only.",
        ),
        first.clues + second.clues,
    )


def fault(name: str) -> Words | None:
    """What keeps a name that begins like the neutral writing from being read; None when it does not begin so."""
    parts = unicodedata.normalize("NFC", name).rsplit(".", 1)[0].split("_")
    if not _is_kind(parts[0]) or neutral("_".join(parts)) is not None:
        return None
    if len(parts) < 3:
        return Words("il faut TYPE_DOSSIER_PÉRIODE", "KIND_CLIENT_PERIOD is needed")
    if not _CLIENT.fullmatch(parts[1]):
        return Words(f"« {parts[1]} » n’est pas un dossier", f"“{parts[1]}” is not a client’s code")
    if not _is_period(parts[2]):
        return Words(f"« {parts[2]} » n’est pas une période", f"“{parts[2]}” is not a period")
    left = "_".join(parts[3:])
    return Words(f"« {left} » n’est pas compris", f"“{left}” is not understood")


def misnamed(name: str) -> Doubtful | None:
    """Doubtful for a name that begins like the neutral writing and does not follow it: it must not pass for free."""
    why = fault(name)
    if why is None:
        return None
    return Doubtful(
        Code.AMBIGUOUS,
        Words(f"« {name} » : {why.fr}", f"“{name}”: {why.en}"),
        Words("Renommer le fichier.", "Rename the file."),
    )
