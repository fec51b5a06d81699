"""Delegations: who may do what for a firm, on whose authority, on what, and until when.

A delegation is written down once and signed; what befalls it afterwards (revoked, somebody left) is written beside it.
Everything is refused unless something here allows it.
"""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from jesignd.domain.credit import Cents
from jesignd.domain.documents import Digest, DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.paris import PARIS
from jesignd.domain.people import AccountId, Email, FirmId
from jesignd.errors import Words

DelegationId = NewType("DelegationId", str)
"""`del_` and 32 hexadecimal digits."""

_NOTHING = Cents(0)


class Operation(StrEnum):
    """Everything a person can do for a firm."""

    PREPARE_SIGNING = "prepare_signing"
    LAUNCH_SIGNING = "launch_signing"
    PREPARE_SEALING = "prepare_sealing"
    LAUNCH_SEALING = "launch_sealing"
    APPROVE = "approve"
    """Let go what somebody prepared who may not launch."""
    SIGN = "sign"
    DELEGATE = "delegate"
    CANCEL = "cancel"
    """Stop a collecte that is under way."""


CONFERRED: Mapping[Right, frozenset[Operation]] = {
    Right.PREPARE: frozenset({Operation.PREPARE_SIGNING, Operation.PREPARE_SEALING}),
    Right.LAUNCH: frozenset(
        {Operation.PREPARE_SIGNING, Operation.PREPARE_SEALING, Operation.LAUNCH_SIGNING, Operation.CANCEL}
    ),
    Right.SEAL: frozenset({Operation.PREPARE_SEALING, Operation.LAUNCH_SEALING}),
    Right.SIGN: frozenset(
        {
            Operation.PREPARE_SIGNING,
            Operation.PREPARE_SEALING,
            Operation.LAUNCH_SIGNING,
            Operation.CANCEL,
            Operation.SIGN,
        }
    ),
}
"""What each right lets its holder do (F29–F33). Approving and delegating are an accountant's own, and never conferred;
whoever may launch may also stop what was launched; only « sceller » launches a sealing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a delegation is limited to; an empty one limits nothing.

    `clients` are globs on client codes, as in rules. `acts` and `cents` count everything done under the delegation:
    how many acts, and what they cost together before tax.
    """

    kinds: frozenset[DocumentKind] = frozenset()
    clients: tuple[str, ...] = ()
    acts: int | None = None
    cents: Cents | None = None

    @property
    def is_limited(self) -> bool:
        """Whether what was done before bears on what may still be done."""
        return self.acts is not None or self.cents is not None

    def covers(self, subject: Subject) -> bool:
        """Whether this document is one of those meant; an unknown kind or client is not."""
        if self.kinds and subject.kind not in self.kinds:
            return False
        code = (subject.client_code or "").casefold()
        return not self.clients or any(fnmatch.fnmatchcase(code, one.casefold()) for one in self.clients)


_EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Used:
    """What has been done under a delegation so far."""

    acts: int = 0
    cents: Cents = _NOTHING


@dataclass(frozen=True, slots=True)
class Subject:
    """What the operation is about; `price` is what the act costs, `prepared_by` whose work is to be approved."""

    firm: FirmId
    kind: DocumentKind | None = None
    client_code: str | None = None
    price: Cents = _NOTHING
    prepared_by: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What an accountant signs: these rights, to whoever has this address, for these days (Paris, both included)."""

    id: DelegationId
    firm: FirmId
    granted_by: AccountId
    email: Email
    rights: frozenset[Right]
    first_day: datetime.date
    last_day: datetime.date
    granted_at: datetime.datetime
    scope: Scope = _EVERYTHING

    @property
    def starts_at(self) -> datetime.datetime:
        """The first instant that counts: never before it was granted."""
        return max(self.granted_at, midnight(self.first_day))

    @property
    def ends_at(self) -> datetime.datetime:
        """The first instant that no longer counts: midnight in Paris after the last day."""
        return midnight(self.last_day + datetime.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Revocation:
    """The end of a delegation before its day; from this instant on nothing is done under it."""

    at: datetime.datetime
    by: AccountId
    statement: Digest


@dataclass(frozen=True, slots=True)
class Delegation:
    """A grant with its signed statement's digest, and what became of it.

    `holder` is None while nobody has an account with that address; `received_at` is when somebody had.
    """

    grant: Grant
    statement: Digest
    holder: AccountId | None = None
    received_at: datetime.datetime | None = None
    revocation: Revocation | None = None

    @property
    def id(self) -> DelegationId:
        """The grant's."""
        return self.grant.id

    def is_revoked(self, at: datetime.datetime) -> bool:
        """Whether it was taken back by then, that instant included."""
        return self.revocation is not None and self.revocation.at <= at


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away on these days (Paris, both included); what waits for them goes to the stand-in.

    The stand-in acts in their own name and by their own rights: an absence moves work, it confers nothing.
    """

    firm: FirmId
    absent: AccountId
    stand_in: AccountId
    first_day: datetime.date
    last_day: datetime.date
    ended_at: datetime.datetime | None = None

    def covers(self, at: datetime.datetime) -> bool:
        """Whether the person is away at this instant."""
        away = midnight(self.first_day) <= at < midnight(self.last_day + datetime.timedelta(days=1))
        return away and (self.ended_at is None or at < self.ended_at)


class Why(StrEnum):
    """Why an operation is refused; in the order in which the remedy lies nearer."""

    NOBODY = "nobody"
    ROLE = "role"
    OTHER_FIRM = "other_firm"
    NO_RIGHT = "no_right"
    OWN_WORK = "own_work"
    LEFT = "left"
    DELEGATOR_LEFT = "delegator_left"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    OUT_OF_SCOPE = "out_of_scope"
    SPENT = "spent"
    NOT_ENROLLED = "not_enrolled"
    CONDITIONS = "conditions"
    UNDERTAKING = "undertaking"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The operation may be done; `under` is the delegation that allows it, None for an accountant's own right."""

    operation: Operation
    under: Delegation | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """The operation may not be done."""

    why: Why
    reason: Words
    hint: Words


Answer = Allowed | Denied


def midnight(day: datetime.date) -> datetime.datetime:
    """The first instant of the day in Paris, as an instant in UTC."""
    return datetime.datetime.combine(day, datetime.time(), PARIS).astimezone(datetime.UTC)
