"""Revocation: lists and answers as signed by the authority, for the program that gives them and holds no key."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.certificates import Answer, AuthorityId, Reason, SerialNumber, Status
from jesignd.store import rows
from jesignd.store.certificate_tables import authorities, certificates, revocation_answers
from jesignd.store.database import connection

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class KnownAuthority:
    """An authority of ours and the list it last signed; `issuer` is None for a root."""

    id: AuthorityId
    certificate: bytes = field(repr=False)
    issuer: AuthorityId | None
    added_at: datetime.datetime
    crl: bytes | None = field(default=None, repr=False)
    crl_number: int = 0
    crl_at: datetime.datetime | None = None
    crl_until: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A list or an answer, and from when to when it may be relied upon."""

    der: bytes = field(repr=False)
    at: datetime.datetime
    until: datetime.datetime


def add_authority(
    tx: Transaction,
    authority: AuthorityId,
    certificate: bytes,
    *,
    issuer: AuthorityId | None,
    at: datetime.datetime,
) -> bool:
    """Make an authority known; False when it is already."""
    if find_authority(tx, authority) is not None:
        return False
    values = {"id": authority, "certificate": certificate, "issuer": issuer, "added_at": at}
    connection(tx).execute(sa.insert(authorities).values(**values))
    return True


def find_authority(tx: Transaction, authority: str) -> KnownAuthority | None:
    """The authority with this id, or None."""
    row = connection(tx).execute(sa.select(authorities).where(authorities.c.id == authority)).first()
    return None if row is None else _known(row)


def list_authorities(tx: Transaction) -> list[KnownAuthority]:
    """Every authority, the oldest first, an issuer before those below it."""
    query = sa.select(authorities).order_by(authorities.c.added_at, authorities.c.issuer.is_not(None), authorities.c.id)
    return [_known(row) for row in connection(tx).execute(query)]


def publish_list(tx: Transaction, authority: AuthorityId, signed: Signed, *, number: int) -> bool:
    """Put a list in the place of the one before it; False when a revocation, or another list, came in between."""
    this = (authorities.c.id == authority) & (authorities.c.crl_number == number - 1)
    values = {"crl": signed.der, "crl_number": number, "crl_at": signed.at, "crl_until": signed.until}
    return connection(tx).execute(sa.update(authorities).where(this).values(**values)).rowcount == 1


def unanswered(
    tx: Transaction, authority: AuthorityId, *, at: datetime.datetime, made_before: datetime.datetime
) -> list[Status]:
    """The valid certificates about which no answer was signed since; an answer from the future counts as none."""
    fresh = (
        sa.select(revocation_answers.c.serial)
        .where(revocation_answers.c.serial == certificates.c.serial)
        .where(revocation_answers.c.at > made_before, revocation_answers.c.at <= at)
    )
    query = sa.select(certificates.c.serial, certificates.c.revoked_at, certificates.c.reason).where(
        certificates.c.authority == authority, certificates.c.not_after >= at, ~fresh.exists()
    )
    return [
        Status(SerialNumber(row.serial), row.revoked_at, Reason(row.reason) if row.reason else None)
        for row in connection(tx).execute(query)
    ]


def outdate(tx: Transaction, authority: AuthorityId, serial: SerialNumber) -> None:
    """A certificate was revoked: what was signed about it is no longer true, and a list under way comes too late."""
    connection(tx).execute(sa.delete(revocation_answers).where(revocation_answers.c.serial == serial))
    this = sa.update(authorities).where(authorities.c.id == authority)
    connection(tx).execute(this.values(crl_at=None, crl_number=authorities.c.crl_number + 1))


def publish_answers(
    tx: Transaction, answers: Sequence[Answer], *, at: datetime.datetime, until: datetime.datetime
) -> None:
    """Put these answers in the place of those before them."""
    lines = [
        {
            "serial": one.serial,
            "algorithm": one.algorithm,
            "issuer": one.issuer.hex(),
            "answer": one.der,
            "at": at,
            "until": until,
        }
        for one in answers
    ]
    rows.put(tx, revocation_answers, lines)


def answer(tx: Transaction, serial: SerialNumber, issuer: bytes, *, algorithm: str) -> Signed | None:
    """What was last signed about this certificate of this issuer, as `Answer` names them; or None."""
    query = sa.select(revocation_answers).where(
        revocation_answers.c.serial == serial,
        revocation_answers.c.algorithm == algorithm,
        revocation_answers.c.issuer == issuer.hex(),
    )
    row = connection(tx).execute(query).first()
    return None if row is None else Signed(row.answer, row.at, row.until)


def revoked_now(tx: Transaction, serials: Sequence[SerialNumber]) -> frozenset[SerialNumber]:
    """Those of these certificates that are revoked."""
    this = certificates.c.serial.in_(serials) & certificates.c.revoked_at.is_not(None)
    return frozenset(
        SerialNumber(one) for one in connection(tx).execute(sa.select(certificates.c.serial).where(this)).scalars()
    )


def _known(row: Any) -> KnownAuthority:
    return KnownAuthority(
        AuthorityId(row.id),
        row.certificate,
        AuthorityId(row.issuer) if row.issuer else None,
        row.added_at,
        row.crl,
        row.crl_number,
        row.crl_at,
        row.crl_until,
    )
