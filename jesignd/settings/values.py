"""Values: durations, sizes, lengths, prices and names as people write them, and back."""

from __future__ import annotations

import re
from decimal import Decimal

from jesignd.domain.credit import Cents, VatRate
from jesignd.errors import Words

_SECONDS = {"d": 86_400.0, "j": 86_400.0, "h": 3_600.0, "m": 60.0, "min": 60.0, "s": 1.0, "ms": 0.001}
_BYTES = {
    "B": 1, "o": 1, "kB": 10**3, "ko": 10**3, "MB": 10**6, "Mo": 10**6, "GB": 10**9, "Go": 10**9,
    "KiB": 1 << 10, "Kio": 1 << 10, "MiB": 1 << 20, "Mio": 1 << 20, "GiB": 1 << 30, "Gio": 1 << 30,
}  # fmt: skip
_MILLIMETRES = {"mm": 1.0, "cm": 10.0}
_QUANTITY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?([A-Za-z]+)")
_AMOUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")

DURATION = Words("une durée s’écrit 5s, 10m, 2h ou 15d", "a duration is written 5s, 10m, 2h or 15d")
SIZE = Words("une taille s’écrit 500kB, 10MB ou 1GB", "a size is written 500kB, 10MB or 1GB")
LENGTH = Words("une longueur s’écrit 70mm ou 7cm", "a length is written 70mm or 7cm")
PRICE = Words(
    'un prix s’écrit en euros et centimes entiers, avec un point : "0.05"',
    'a price is written in euros and whole cents, with a point: "0.05"',
)

RATE = Words('un taux s’écrit en pour cent, avec un point : "20" ou "5.5"', 'a rate is in percent: "20" or "5.5"')


class NotThis(ValueError):
    """The text is not what is written here; the words show what is."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def parse_duration(text: str) -> float:
    """Seconds of `5s`, `500ms`, `10m`, `2h`, `15d`; `NotThis` for anything else."""
    number, unit = _quantity(text, DURATION)
    if unit not in _SECONDS:
        raise NotThis(DURATION)
    return float(number) * _SECONDS[unit] if unit != "ms" else float(number) / 1000


def write_duration(seconds: float) -> str:
    """`90s` for 90, `2m` for 120: the largest unit that says it exactly."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{int(seconds // _SECONDS[unit])}{unit}"
    return f"{_plain(seconds)}s"


def parse_size(text: str) -> int:
    """Bytes of `10MB` (decimal) or `10MiB` (binary), French units too; `NotThis` for anything else."""
    number, unit = _quantity(text, SIZE)
    if unit not in _BYTES or (number * _BYTES[unit]) % 1:
        raise NotThis(SIZE)
    return int(number * _BYTES[unit])


def write_size(size: int) -> str:
    """`10MB` for 10,000,000: the largest decimal unit that says it exactly, else a binary one."""
    for unit in ("GB", "GiB", "MB", "MiB", "kB", "KiB"):
        if size and size % _BYTES[unit] == 0:
            return f"{size // _BYTES[unit]}{unit}"
    return f"{size}B"


def parse_length(text: str) -> float:
    """Millimetres of `70mm` or `7cm`; `NotThis` for anything else."""
    number, unit = _quantity(text, LENGTH)
    if unit not in _MILLIMETRES:
        raise NotThis(LENGTH)
    return float(number * 10) if unit == "cm" else float(number)


def write_length(millimetres: float) -> str:
    """`70mm`."""
    return f"{_plain(millimetres)}mm"


def parse_price(value: str | float) -> Cents:
    """Whole cents of an amount in euros; `NotThis` when it is not a whole number of cents from 0 to 10,000 €."""
    text = value if isinstance(value, str) else repr(value)
    if _AMOUNT.fullmatch(text) is None or (amount := Decimal(text)) > 10_000 or (amount * 100) % 1:
        raise NotThis(PRICE)
    return Cents(int(amount * 100))


def write_price(cents: Cents) -> str:
    """`0.05`."""
    return f"{cents // 100}.{cents % 100:02d}"


def parse_rate(text: str) -> VatRate:
    """Hundredths of a percent of `20` or `5.5`; `NotThis` for anything finer, or above 100."""
    if _AMOUNT.fullmatch(text) is None or (rate := Decimal(text)) > 100 or (rate * 100) % 1:
        raise NotThis(RATE)
    return VatRate(int(rate * 100))


def write_rate(rate: VatRate) -> str:
    """`20`, `5.5`."""
    return format(Decimal(rate) / 100, "f")


def _quantity(text: str, words: Words) -> tuple[Decimal, str]:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise NotThis(words)
    return Decimal(match[1]), match[2]


def _plain(number: float) -> str:
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
