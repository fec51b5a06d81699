"""Mail: which letters are written to whom, once each, and when one that did not leave is tried again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jesignd.domain.jobs import RETRY_MINUTES
from jesignd.domain.people import AccountId, Email


class Kind(StrEnum):
    """What a letter says."""

    CERTIFICATE_EXPIRES = "certificate_expires"
    """`about` is the SHA-256 of the certificate, `threshold` the days left (F19)."""
    DELEGATION_RECEIVED = "delegation_received"
    """`about` is the delegation, here and for the next."""
    DELEGATION_REVOKED = "delegation_revoked"
    CREDIT_LOW = "credit_low"
    """`about` is the firm and since when: once at each passage below the threshold."""
    PASSWORD_CODE = "password_code"  # noqa: S105 - a kind of letter
    """`about` is the request; the code itself is made when the letter leaves, and is in no table."""


USEFUL_DAYS: Mapping[Kind, float] = {
    Kind.DELEGATION_RECEIVED: 7,
    Kind.DELEGATION_REVOKED: 7,
    Kind.CREDIT_LOW: 2,
    Kind.PASSWORD_CODE: 1 / 48,
}
"""After so long nobody would want it any more; a certificate's end says so itself."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be sent once. It names people by account: their address is looked up when it leaves.

    `facts` are what could not be looked up then; never a secret, never a name.
    """

    kind: Kind
    about: str
    to: AccountId | Email
    """An address where nobody has an account yet."""
    useful_until: datetime.datetime
    threshold: int = 0
    facts: Mapping[str, int] = field(default_factory=dict)


def letter(
    kind: Kind, about: str, to: AccountId | Email, *, at: datetime.datetime, facts: Mapping[str, int] | None = None
) -> Letter:
    """A letter of one of the kinds that grow old by themselves."""
    return Letter(kind, about, to, at + datetime.timedelta(days=USEFUL_DAYS[kind]), facts=facts or {})


def tried_again_at(attempts: int, at: datetime.datetime) -> datetime.datetime:
    """When a letter that has been tried so often, the last time now, is tried again: ever later, then twice a day."""
    minutes = RETRY_MINUTES[min(max(attempts, 1), len(RETRY_MINUTES)) - 1]
    return at + datetime.timedelta(minutes=minutes)
