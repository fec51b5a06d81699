"""Names: a label in plain words, perhaps followed by a date; nothing in it is guessed.

Eight digits are AAAAMMJJ or JJMMAAAA, never both; six are AAAAMM or JJMMAA, and both for 2001 to 2012: those hold.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Mapping

from jesignd.domain import text
from jesignd.domain.documents import Period
from jesignd.domain.recognition import Doubtful, Source, Trait
from jesignd.errors import Code, Words
from jesignd.plugin.conventions import Declared, clue, misnamed
from jesignd_agiris.words import kinds_in

_FILE = re.compile(r"(?P<label>.+?)(?:[ _-](?P<date>[0-9]{8}|[0-9]{6}))?", re.DOTALL)


def read_free(name: str, own: Mapping[str, str]) -> Declared | Doubtful:
    """Label, period and kind from a name that is not neutral; doubtful when it reads in two ways."""
    if (doubt := misnamed(name)) is not None:
        return doubt
    stem = unicodedata.normalize("NFC", name).rsplit(".", 1)[0]
    match = _FILE.fullmatch(stem)
    if match is None:
        return Declared()
    periods = _readings(match["date"] or "")
    kinds = sorted(kind.code for kind in kinds_in(match["label"], own))
    for readings in (periods, kinds):
        if len(readings) > 1:
            return _two_ways(name, readings)
    said = {Trait.LABEL: match["label"] if periods else stem}
    said |= {Trait.PERIOD: periods[0]} if periods else {}
    said |= {Trait.KIND: kinds[0]} if kinds else {}
    try:
        return Declared(tuple(clue(trait, value, Source.NAME, where=name) for trait, value in said.items()))
    except ValueError:  # control characters, or a label without end
        return Declared()


def _readings(digits: str) -> list[str]:
    found: set[str] = set()
    for reading in _WRITINGS.get(len(digits), ()):
        with contextlib.suppress(ValueError):
            found.add(str(Period.parse(reading(digits))))
    return sorted(found)


def _day_first(digits: str) -> str:
    return text.date(f"{digits[:2]}/{digits[2:4]}/{digits[4:]}").isoformat()


_WRITINGS: Mapping[int, tuple[Callable[[str], str], ...]] = {
    8: (str, _day_first),
    6: (str, lambda digits: text.date(digits).isoformat()),
}


def _two_ways(name: str, readings: list[str]) -> Doubtful:
    return Doubtful(
        Code.AMBIGUOUS,
        Words(
            f"« {name} » se lit de plusieurs façons : {' ; '.join(readings)}",
            f"“{name}” reads in several ways: {'; '.join(readings)}",
        ),
        Words("Renommer le fichier d’après la convention neutre.", "Rename the file after the neutral convention."),
    )
