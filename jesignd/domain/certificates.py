"""Certificates: what our own authority issues, when each is to be renewed, and what must be published again."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from jesignd.domain.documents import Digest
from jesignd.domain.people import AccountId, FirmId
from jesignd.errors import Words

SerialNumber = NewType("SerialNumber", str)
"""A certificate's number in hexadecimal, lower case, no leading zero: `4f2a…`."""

AuthorityId = NewType("AuthorityId", str)
"""The first 16 hexadecimal digits of the authority's key identifier; in the addresses of its lists."""

VALIDITY_YEARS = 3
REMINDERS = (90, 30, 7)
"""Days before the end at which the owner hears of it (F19), the earliest first."""
RENEWABLE_DAYS = 120
"""How long before its end a certificate may be renewed."""

LASTS = datetime.timedelta(days=4)
"""How long a list or an answer may be relied upon: a broken daemon leaves a long week-end to mend it."""
REFRESHED_EVERY = datetime.timedelta(hours=12)
ROOT_LIST_LASTS = datetime.timedelta(days=400)
"""The root's key comes out of its safe once a year, with a month to spare."""

SHORTEST_PIN = 6
LONGEST_PIN = 128


class Subject(StrEnum):
    """Whom a certificate names."""

    PERSON = "person"
    """A natural person (ETSI EN 319 412-2): signs."""
    FIRM = "firm"
    """A legal person (ETSI EN 319 412-3): seals."""


class Reason(StrEnum):
    """Why a certificate was revoked (RFC 5280, clause 5.3.1)."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    """The key, or its PIN, may be known to somebody else."""
    AFFILIATION_CHANGED = "affiliation_changed"
    """What the certificate says of its owner is no longer true."""
    SUPERSEDED = "superseded"
    """Another certificate takes its place."""
    CESSATION = "cessation"
    """Its owner needs it no longer."""


class CertificateState(StrEnum):
    """Where a certificate stands at an instant."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate our authority issued, and what became of it. `digest` is SHA-256 of `der`."""

    serial: SerialNumber
    authority: AuthorityId
    subject: Subject
    digest: Digest
    der: bytes = field(repr=False)
    not_before: datetime.datetime
    not_after: datetime.datetime
    issued_at: datetime.datetime
    account: AccountId | None = None
    firm: FirmId | None = None
    renews: SerialNumber | None = None
    """The one whose place it takes."""
    revocation_code: str | None = field(default=None, repr=False)
    """A hash; the code itself was shown once."""
    revoked_at: datetime.datetime | None = None
    reason: Reason | None = None
    reminded: int | None = None
    """The last of `REMINDERS` that was sent."""

    def state(self, at: datetime.datetime) -> CertificateState:
        """Where it stands; what was revoked stays so after its end."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return CertificateState.REVOKED
        return CertificateState.EXPIRED if at > self.not_after else CertificateState.GOOD


@dataclass(frozen=True, slots=True)
class Status:
    """What the revocation answers say of one certificate."""

    serial: SerialNumber
    revoked_at: datetime.datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed revocation answer (RFC 6960), by what a request asks for.

    `issuer` is the hash of its name followed by that of its key, both by `algorithm` (`sha1`, `sha256`).
    """

    serial: SerialNumber
    algorithm: str
    issuer: bytes
    der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A certificate whose end is near: the owner is to hear that so many days are left at most."""

    certificate: Issued
    days: int


def ends(begins: datetime.datetime, years: int) -> datetime.datetime:
    """The same day so many years later, less a second; 29 February becomes the 28th."""
    try:
        later = begins.replace(year=begins.year + years)
    except ValueError:
        later = begins.replace(year=begins.year + years, day=28)
    return later - datetime.timedelta(seconds=1)


def reminders_due(issued: Iterable[Issued], at: datetime.datetime) -> list[Reminder]:
    """The reminders to send now, the most urgent first; none for what is revoked, expired or already renewed."""
    every = list(issued)
    renewed = {one.renews for one in every if one.renews is not None and one.state(at) is CertificateState.GOOD}
    due = []
    for one in every:
        days = _reminder(one, at)
        if days is not None and one.serial not in renewed:
            due.append(Reminder(one, days))
    return sorted(due, key=lambda reminder: reminder.certificate.not_after)


def days_reached(not_after: datetime.datetime, at: datetime.datetime) -> int | None:
    """The last of `REMINDERS` that the time left has come down to; None: the end is far, or past."""
    left = not_after - at
    reached = [days for days in REMINDERS if datetime.timedelta(0) <= left <= datetime.timedelta(days=days)]
    return reached[-1] if reached else None


def may_renew(issued: Issued, at: datetime.datetime) -> Words | None:
    """Why this certificate may not be renewed now; None: it may."""
    state = issued.state(at)
    if state is CertificateState.REVOKED:
        return Words("ce certificat est révoqué", "this certificate is revoked")
    if state is CertificateState.EXPIRED:
        return Words("ce certificat a expiré", "this certificate has expired")
    if issued.not_after - at > datetime.timedelta(days=RENEWABLE_DAYS):
        return Words(
            f"ce certificat se renouvelle dans ses {RENEWABLE_DAYS} derniers jours",
            f"this certificate is renewed in its last {RENEWABLE_DAYS} days",
        )
    return None


def is_stale(made_at: datetime.datetime | None, at: datetime.datetime) -> bool:
    """Whether a list or an answer made then is to be made again."""
    return made_at is None or at - made_at >= REFRESHED_EVERY or made_at > at


def pin_objection(pin: str) -> Words | None:
    """Why this PIN is refused; None: it will do. Whoever stole the database would try the easy ones first."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        return Words(
            f"code PIN refusé : de {SHORTEST_PIN} à {LONGEST_PIN} caractères",
            f"PIN refused: {SHORTEST_PIN} to {LONGEST_PIN} characters",
        )
    steps = {ord(later) - ord(earlier) for earlier, later in itertools.pairwise(pin)}
    if len(set(pin)) < 4 or (len(steps) == 1 and steps <= {-1, 0, 1}):
        return Words("code PIN refusé : trop simple (répétition ou suite)", "PIN refused: too simple")
    return None


def _reminder(issued: Issued, at: datetime.datetime) -> int | None:
    if issued.state(at) is not CertificateState.GOOD:
        return None
    reached = days_reached(issued.not_after, at)
    if reached is None or (issued.reminded is not None and issued.reminded <= reached):
        return None
    return reached
