"""Text: how French exports write letters, numbers and dates, read without guessing (C§1.8)."""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal

_UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NUMBER = re.compile(r"[+-]?[0-9]+(?:,[0-9]+)?")


def decode(data: bytes) -> tuple[str, str]:
    """Decode an export and name the encoding: BOM, else UTF-8, else cp1252, else latin-1.

    Raises:
        ValueError: a BOM announces an encoding that the bytes are not in.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = "latin-1" if _UNDEFINED_IN_CP1252.intersection(data) else "cp1252"
        return data.decode(encoding), encoding


def key(name: str) -> str:
    """What two spellings of the same name have in common: NFC and case folded."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def plain(name: str) -> str:
    """A name without accents, capitals, double spaces or typographic apostrophes: « Généralités » is `GENERALITES`."""
    decomposed = unicodedata.normalize("NFKD", name.replace("’", "'"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def number(text: str) -> Decimal:
    """Read `1 234,50 €`; ValueError for a point or any other writing, which would have to be guessed."""
    bare = re.sub(r"[\s\u00a0\u202f€]", "", text)
    if _NUMBER.fullmatch(bare) is None:
        raise ValueError(f"not a number as French exports write them: {text!r}")
    return Decimal(bare.replace(",", "."))


def date(text: str) -> datetime.date:
    """Read `31/10/2026`, `20261031` or `311026` (years from 70 are 19xx); ValueError for anything else."""
    stripped = text.strip()
    if match := re.fullmatch(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", stripped):
        day, month, year = map(int, match.groups())
    elif match := re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", stripped):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{2})", stripped):
        day, month, short = map(int, match.groups())
        year = short + (1900 if short >= 70 else 2000)
    else:
        raise ValueError(f"not a date as French exports write them: {text!r}")
    return datetime.date(year, month, day)


def is_siren(text: str) -> bool:
    """Whether these nine digits are a SIREN (Luhn check)."""
    if re.fullmatch(r"[0-9]{9}", text) is None:
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
