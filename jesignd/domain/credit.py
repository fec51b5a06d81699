"""Credit: what an act costs and what the firm's account holds, in whole cents before tax; tax is counted apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from jesignd.domain.levels import Act
from jesignd.domain.people import FirmId

Cents = NewType("Cents", int)

VatRate = NewType("VatRate", int)
"""Hundredths of a percent: 2000 is 20 %."""

NORMAL_RATE = VatRate(2000)
"""The French normal rate (CGI, art. 278)."""

ONLY_FIRM = FirmId("")
"""Whose account it is where nobody says whose."""

_WHOLE = 10_000


class Account(StrEnum):
    """The sides of every entry: money enters from `OUTSIDE`, waits in `FIRM`, is set aside in `RESERVED` while an act
    is being done, and spent into `ACTS`.
    """

    OUTSIDE = "outside"
    FIRM = "firm"
    RESERVED = "reserved"
    ACTS = "acts"


@dataclass(frozen=True, slots=True)
class Prices:
    """What each act costs, HT, and the rate of the tax that comes on top."""

    seal: Cents = Cents(5)
    signature: Cents = Cents(25)
    vat: VatRate = NORMAL_RATE

    def of(self, act: Act) -> Cents:
        """The price of one act; holding costs nothing."""
        return {Act.SEAL: self.seal, Act.SIGN: self.signature, Act.HOLD: Cents(0)}[act]


def vat_on(amount: Cents, rate: VatRate) -> Cents:
    """The tax on an amount before tax, to the nearest cent, half a cent away from zero."""
    product = abs(amount) * rate
    tax = (product + _WHOLE // 2) // _WHOLE
    return Cents(tax if amount >= 0 else -tax)


def vat_by_line(amounts: Iterable[tuple[Cents, VatRate]]) -> Iterator[Cents]:
    """The tax of each line, such that the lines of one rate add up to the tax on their total, to the cent.

    A tax rounded line by line drifts: a thousand acts at 0.05 € and 5.5 % would be taxed nothing at all.
    """
    totals: dict[VatRate, int] = {}
    for amount, rate in amounts:
        before = totals.get(rate, 0)
        totals[rate] = before + amount
        yield Cents(vat_on(Cents(before + amount), rate) - vat_on(Cents(before), rate))


def net_of(gross: Cents, rate: VatRate) -> Cents:
    """What is left before tax of an amount that includes it, to the nearest cent."""
    return Cents((2 * gross * _WHOLE + _WHOLE + rate) // (2 * (_WHOLE + rate)))


def euros(amount: Cents) -> str:
    """`12,50 €`, with the no-break space French typography asks for."""
    sign = "-" if amount < 0 else ""
    whole, cents = divmod(abs(amount), 100)
    return f"{sign}{whole},{cents:02d}\u202f€"


def percent(rate: VatRate) -> str:
    """`20 %`, `5,5 %`."""
    whole, rest = divmod(rate, 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}\u202f%"
