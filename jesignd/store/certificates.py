"""Certificates: what our authority issued, whom it belongs to, and what became of it."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.certificates import AuthorityId, Issued, Reason, SerialNumber, Status, Subject
from jesignd.domain.documents import Digest
from jesignd.domain.people import AccountId, FirmId
from jesignd.errors import NotFound, Words
from jesignd.store.certificate_tables import certificates
from jesignd.store.database import connection

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


def insert(tx: Transaction, issued: Issued) -> None:
    """Note a certificate just issued."""
    connection(tx).execute(sa.insert(certificates).values(**dataclasses.asdict(issued)))


def certificate(tx: Transaction, named: str) -> Issued:
    """The certificate with this number, or SHA-256, as people copy them (`4F:2A…`).

    Raises:
        NotFound: our authority issued none such.
    """
    bare = named.replace(":", "").replace(" ", "").lower()
    this = (certificates.c.serial == bare.lstrip("0")) | (certificates.c.digest == bare)
    row = connection(tx).execute(sa.select(certificates).where(this)).first()
    if row is None:
        raise NotFound(
            Words(f"aucun certificat « {named} »", f"no certificate “{named}”"),
            hint=Words("jesignd certificate list les montre", "jesignd certificate list shows them"),
        )
    return _issued(row)


def of_digest(tx: Transaction, digest: str) -> Issued | None:
    """The certificate with this SHA-256, if our authority issued it."""
    row = connection(tx).execute(sa.select(certificates).where(certificates.c.digest == digest)).first()
    return None if row is None else _issued(row)


def renewed(tx: Transaction, serial: SerialNumber) -> bool:
    """Whether another that was not revoked takes its place."""
    this = (certificates.c.renews == serial) & certificates.c.revoked_at.is_(None)
    return connection(tx).execute(sa.select(certificates.c.serial).where(this).limit(1)).first() is not None


def of_account(tx: Transaction, account: AccountId) -> list[Issued]:
    """The person's certificates, newest first."""
    this = certificates.c.account == account
    query = sa.select(certificates).where(this).order_by(certificates.c.issued_at.desc(), certificates.c.serial)
    return [_issued(row) for row in connection(tx).execute(query)]


def list_certificates(tx: Transaction) -> list[Issued]:
    """Every certificate, newest first."""
    query = sa.select(certificates).order_by(certificates.c.issued_at.desc(), certificates.c.serial)
    return [_issued(row) for row in connection(tx).execute(query)]


def ending_before(tx: Transaction, until: datetime.datetime, *, since: datetime.datetime) -> list[Issued]:
    """Those that end between the two instants, and those that were issued to take their place."""
    ending = (certificates.c.not_after >= since) & (certificates.c.not_after <= until)
    own = sa.select(certificates.c.serial).where(ending)
    query = sa.select(certificates).where(ending | certificates.c.renews.in_(own))
    return [_issued(row) for row in connection(tx).execute(query)]


def statuses(tx: Transaction, authority: AuthorityId) -> list[Status]:
    """What the list of this authority is made of: all it ever revoked."""
    this = (certificates.c.authority == authority) & certificates.c.revoked_at.is_not(None)
    query = sa.select(certificates.c.serial, certificates.c.revoked_at, certificates.c.reason).where(this)
    return [_status(row) for row in connection(tx).execute(query.order_by(certificates.c.revoked_at))]


def revoke(tx: Transaction, serial: SerialNumber, reason: Reason, *, at: datetime.datetime) -> bool:
    """Revoke for good; False when it was revoked before."""
    this = (certificates.c.serial == serial) & certificates.c.revoked_at.is_(None)
    statement = sa.update(certificates).where(this).values(revoked_at=at, reason=reason)
    return connection(tx).execute(statement).rowcount == 1


def reminded(tx: Transaction, serial: SerialNumber, days: int) -> bool:
    """Note that the owner was told; False when they had been, for so many days or fewer."""
    earlier = certificates.c.reminded.is_(None) | (certificates.c.reminded > days)
    statement = sa.update(certificates).where(certificates.c.serial == serial, earlier).values(reminded=days)
    return connection(tx).execute(statement).rowcount == 1


def _status(row: Any) -> Status:
    return Status(SerialNumber(row.serial), row.revoked_at, Reason(row.reason) if row.reason else None)


def _issued(row: Any) -> Issued:
    return Issued(
        serial=SerialNumber(row.serial),
        authority=AuthorityId(row.authority),
        subject=Subject(row.subject),
        digest=Digest(row.digest),
        der=row.der,
        not_before=row.not_before,
        not_after=row.not_after,
        issued_at=row.issued_at,
        account=AccountId(row.account) if row.account else None,
        firm=FirmId(row.firm) if row.firm else None,
        renews=SerialNumber(row.renews) if row.renews else None,
        revocation_code=row.revocation_code,
        revoked_at=row.revoked_at,
        reason=Reason(row.reason) if row.reason else None,
        reminded=row.reminded,
    )
