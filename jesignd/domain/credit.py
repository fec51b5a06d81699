"""Credit: what an act costs and what the firm's account holds, in whole cents before tax."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from jesignd.domain.levels import Act

Cents = NewType("Cents", int)


class Account(StrEnum):
    """The two sides of every entry: money enters from `OUTSIDE`, waits in `FIRM`, is spent into `ACTS`."""

    OUTSIDE = "outside"
    FIRM = "firm"
    ACTS = "acts"


@dataclass(frozen=True, slots=True)
class Prices:
    """What each act costs, HT."""

    seal: Cents = Cents(5)
    signature: Cents = Cents(25)

    def of(self, act: Act) -> Cents:
        """The price of one act; holding costs nothing."""
        return {Act.SEAL: self.seal, Act.SIGN: self.signature, Act.HOLD: Cents(0)}[act]


def euros(amount: Cents) -> str:
    """`12,50 €`, with the no-break space French typography asks for."""
    sign = "-" if amount < 0 else ""
    whole, cents = divmod(abs(amount), 100)
    return f"{sign}{whole},{cents:02d}\u202f€"
