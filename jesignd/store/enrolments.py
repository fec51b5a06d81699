"""Enrolments: how far each person is on the way to a certificate; identity documents lie here encrypted, for a time."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.documents import Digest
from jesignd.domain.enrolment import Enrolment, EnrolmentId, EnrolmentState, Identity, IdentityDocument
from jesignd.domain.people import AccountId
from jesignd.store.database import connection
from jesignd.store.people_tables import enrolments

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction


def insert(tx: Transaction, enrolment: Enrolment) -> None:
    """Begin an enrolment."""
    connection(tx).execute(
        sa.insert(enrolments).values(
            id=enrolment.id,
            account=enrolment.account,
            state=enrolment.state,
            started_at=enrolment.started_at,
            phone=enrolment.phone,
        )
    )


def latest(tx: Transaction, account: AccountId) -> Enrolment | None:
    """The person's last enrolment, or None."""
    this = enrolments.c.account == account
    query = sa.select(enrolments).where(this).order_by(enrolments.c.started_at.desc(), enrolments.c.id).limit(1)
    row = connection(tx).execute(query).first()
    return None if row is None else _enrolment(row)


def list_enrolments(tx: Transaction) -> list[Enrolment]:
    """Every enrolment, newest first."""
    query = sa.select(enrolments).order_by(enrolments.c.started_at.desc(), enrolments.c.id)
    return [_enrolment(row) for row in connection(tx).execute(query)]


def set_phone(tx: Transaction, enrolment: EnrolmentId, phone: str) -> None:
    """Note the mobile number."""
    _update(tx, enrolment, phone=phone)


def set_identity(tx: Transaction, enrolment: EnrolmentId, identity: Identity, encrypted: bytes) -> None:
    """Keep the encrypted scan of an identity document; one that was there is gone."""
    _update(
        tx,
        enrolment,
        identity_document=identity.document,
        identity_digest=identity.digest,
        identity=encrypted,
        identity_at=identity.received_at,
        identity_purge_at=identity.purge_at,
        identity_purged_at=None,
    )


def identity_scan(tx: Transaction, enrolment: EnrolmentId) -> bytes | None:
    """The encrypted scan; None once purged, or before it came."""
    query = sa.select(enrolments.c.identity).where(enrolments.c.id == enrolment)
    scan: bytes | None = connection(tx).execute(query).scalar_one()
    return scan


def decide(
    tx: Transaction,
    enrolment: EnrolmentId,
    *,
    state: EnrolmentState,
    by: AccountId,
    at: datetime.datetime,
    reason: str | None = None,
) -> bool:
    """Approve or refuse an open enrolment; False when it was decided before."""
    this = (enrolments.c.id == enrolment) & (enrolments.c.state == EnrolmentState.OPEN)
    values = {"state": state, "decided_by": by, "decided_at": at, "reason": reason}
    return connection(tx).execute(sa.update(enrolments).where(this).values(**values)).rowcount == 1


def certify(tx: Transaction, enrolment: EnrolmentId, certificate: Digest) -> bool:
    """Note the certificate issued for an approved enrolment; False when there was none to issue."""
    this = (enrolments.c.id == enrolment) & (enrolments.c.state == EnrolmentState.APPROVED)
    values = {"state": EnrolmentState.CERTIFIED, "certificate": certificate}
    return connection(tx).execute(sa.update(enrolments).where(this).values(**values)).rowcount == 1


def purge_identities(tx: Transaction, *, at: datetime.datetime) -> list[EnrolmentId]:
    """Destroy every scan whose time has come; the enrolments it was done for."""
    this = enrolments.c.identity.is_not(None) & (enrolments.c.identity_purge_at <= at)
    due = [EnrolmentId(one) for one in connection(tx).execute(sa.select(enrolments.c.id).where(this)).scalars()]
    if due:
        statement = sa.update(enrolments).where(enrolments.c.id.in_(due))
        connection(tx).execute(statement.values(identity=None, identity_purged_at=at))
    return due


def hasten_purge(tx: Transaction, enrolment: EnrolmentId, *, at: datetime.datetime) -> None:
    """Let the scan be destroyed at this instant at the latest."""
    this = (enrolments.c.id == enrolment) & (enrolments.c.identity_purge_at > at)
    connection(tx).execute(sa.update(enrolments).where(this).values(identity_purge_at=at))


def forget(tx: Transaction, account: AccountId, *, at: datetime.datetime) -> int:
    """Destroy the person's papers and telephone numbers; the digests stay. How many papers there were."""
    theirs = enrolments.c.account == account
    held = theirs & enrolments.c.identity.is_not(None)
    destroyed = connection(tx).execute(sa.update(enrolments).where(held).values(identity=None, identity_purged_at=at))
    connection(tx).execute(sa.update(enrolments).where(theirs).values(phone=None, reason=None))
    return destroyed.rowcount


def _update(tx: Transaction, enrolment: EnrolmentId, **values: object) -> None:
    connection(tx).execute(sa.update(enrolments).where(enrolments.c.id == enrolment).values(**values))


def _enrolment(row: Any) -> Enrolment:
    identity = None
    if row.identity_digest is not None:
        identity = Identity(
            IdentityDocument(row.identity_document),
            Digest(row.identity_digest),
            row.identity_at,
            row.identity_purge_at,
            row.identity_purged_at,
        )
    return Enrolment(
        id=EnrolmentId(row.id),
        account=AccountId(row.account),
        state=EnrolmentState(row.state),
        started_at=row.started_at,
        identity=identity,
        phone=row.phone,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        certificate=row.certificate,
    )
