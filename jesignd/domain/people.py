"""People: firms, accounts, who belongs where, and the roles that are no rights.

An account is a person, once, however many firms they work in. Its identifier never changes; a client has none.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

FirmId = NewType("FirmId", str)
"""`fir_` and 32 hexadecimal digits."""

AccountId = NewType("AccountId", str)
"""`per_` and 32 hexadecimal digits."""

Email = NewType("Email", str)
"""An address in lower case, ASCII: what is compared."""

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
_MOBILE = re.compile(r"\+[1-9][0-9]{6,14}")
_FRENCH_MOBILE = re.compile(r"0[67][0-9]{8}")


class Title(StrEnum):
    """How a letter begins."""

    MADAM = "madame"
    SIR = "monsieur"


class Role(StrEnum):
    """What an account may do here besides, or instead of, acting for a firm."""

    ADMIN = "admin"
    """Installs, adds accounts and connectors; never acts."""
    AUDITOR = "auditor"
    """Reads everything; never acts."""
    OFFICER = "officer"
    """Registration officer: checks identities and approves enrolments, never their own."""


NEVER_ACT = frozenset({Role.ADMIN, Role.AUDITOR})
"""Who runs or watches the machine does not hold the pen."""


class Status(StrEnum):
    """What somebody is in a firm."""

    ACCOUNTANT = "accountant"
    """Expert-comptable: acts of their own right, delegates, approves."""
    STAFF = "staff"
    """Collaborateur: acts within delegations only."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm, or one of its offices; grants, credit and seals belong to one."""

    id: FirmId
    name: str
    siren: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is asked of a person. `phone` is in international form, `email` normalised."""

    first_name: str
    last_name: str
    email: Email
    title: Title | None = None
    birth_year: int | None = None
    function: str = ""
    company: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """`Claire Martin`."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Account:
    """A person known here. `login` never changes; a closed account is kept, because acts name it."""

    id: AccountId
    login: str
    profile: Profile
    opened_at: datetime.datetime
    roles: frozenset[Role] = frozenset()
    closed_at: datetime.datetime | None = None

    def is_open(self, at: datetime.datetime) -> bool:
        """Whether the account exists at this instant."""
        return self.opened_at <= at and (self.closed_at is None or at < self.closed_at)


@dataclass(frozen=True, slots=True)
class Membership:
    """A stay of a person in a firm; whoever comes back begins another."""

    firm: FirmId
    account: AccountId
    status: Status
    since: datetime.datetime
    left_at: datetime.datetime | None = None

    def covers(self, since: datetime.datetime, at: datetime.datetime) -> bool:
        """Whether the stay goes on without a break from the one instant to the other, the end not included."""
        return self.since <= since <= at and (self.left_at is None or at < self.left_at)


def email(text: str) -> Email:
    """The address as it is compared.

    Raises:
        ValueError: it is none that mail can be sent to, or it has letters that only look like others.
    """
    bare = text.strip().lower()
    if len(bare) > 254 or ".." in bare or bare.startswith(".") or ".@" in bare or _EMAIL.fullmatch(bare) is None:
        raise ValueError(f"not an e-mail address: {text!r}")
    return Email(bare)


def mobile(text: str) -> str:
    """A mobile number in international form (`+33612345678`); French numbers may be written the French way.

    Raises:
        ValueError: it is no number, or a French one that is no mobile.
    """
    bare = re.sub(r"[\s\u00a0\u202f.()-]", "", text)
    if _FRENCH_MOBILE.fullmatch(bare):
        bare = f"+33{bare[1:]}"
    bare = re.sub(r"^00", "+", bare)
    if _MOBILE.fullmatch(bare) is None or (bare.startswith("+33") and re.fullmatch(r"\+33[67][0-9]{8}", bare) is None):
        raise ValueError(f"not a mobile number: {text!r}")
    return bare
