"""Personal keys: people's keys in containers only their PIN opens, and how often a wrong one was tried.

Whether a certificate of our own authority was revoked is written with the certificate, and read from there; here stands
only what befell those of trust providers.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.documents import Digest
from jesignd.domain.people import AccountId
from jesignd.domain.rights import Certified
from jesignd.store.certificate_tables import certificates
from jesignd.store.database import connection
from jesignd.store.people_tables import personal_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.domain.jobs import Transaction

PKCS12 = "pkcs12"


@dataclass(frozen=True, slots=True)
class PersonalKey:
    """One key. `certificate` is the SHA-256 of its certificate; `form` says who can open the container."""

    certificate: Digest
    account: AccountId
    form: str
    container: bytes = field(repr=False)
    not_before: datetime.datetime
    not_after: datetime.datetime
    attached_at: datetime.datetime
    revoked_at: datetime.datetime | None = None
    tries: int = 0
    locked_at: datetime.datetime | None = None
    qualified: bool = False
    """As its issuer says in it (QcCompliance, ETSI EN 319 412-5); nobody here has checked that it may."""
    der: bytes | None = field(default=None, repr=False)
    """The certificate itself, where a trust provider issued it."""

    @property
    def certified(self) -> Certified:
        """When one may sign with it."""
        return Certified(max(self.not_before, self.attached_at), self.not_after, self.revoked_at, self.qualified)


def attach(tx: Transaction, key: PersonalKey) -> bool:
    """Keep a key; the same certificate given again replaces its container (a new PIN) and unlocks it.

    False when the certificate is somebody else's.
    """
    values: dict[str, Any] = {
        "certificate": key.certificate,
        "account": key.account,
        "form": key.form,
        "container": key.container,
        "not_before": key.not_before,
        "not_after": key.not_after,
        "attached_at": key.attached_at,
        "revoked_at": key.revoked_at,
        "qualified": key.qualified,
        "der": key.der,
    }
    this = personal_keys.c.certificate == key.certificate
    owner = connection(tx).execute(sa.select(personal_keys.c.account).where(this)).scalar_one_or_none()
    if owner is None:
        connection(tx).execute(sa.insert(personal_keys).values(**values))
        return True
    changed: dict[str, Any] = {"form": key.form, "container": key.container, "tries": 0, "locked_at": None}
    if key.der is not None:
        changed |= {"der": key.der, "qualified": key.qualified}
    again = sa.update(personal_keys).where(this, personal_keys.c.account == key.account)
    return connection(tx).execute(again.values(**changed)).rowcount == 1


def of_people(tx: Transaction, people: Sequence[AccountId]) -> list[PersonalKey]:
    """Every key of these people, newest first."""
    revoked = sa.func.coalesce(certificates.c.revoked_at, personal_keys.c.revoked_at).label("revoked_at")
    columns = [column for column in personal_keys.c if column.name != "revoked_at"]
    query = (
        sa.select(*columns, revoked)
        .outerjoin(certificates, certificates.c.digest == personal_keys.c.certificate)
        .where(personal_keys.c.account.in_(people))
        .order_by(personal_keys.c.attached_at.desc(), personal_keys.c.certificate)
    )
    return [PersonalKey(**row) for row in connection(tx).execute(query).mappings()]


def bought_ending_before(tx: Transaction, until: datetime.datetime, *, since: datetime.datetime) -> list[PersonalKey]:
    """Keys of trust providers whose certificates end between the two instants and were not revoked, first end first."""
    ours = sa.exists().where(certificates.c.digest == personal_keys.c.certificate)
    ending = personal_keys.c.not_after.between(since, until) & personal_keys.c.revoked_at.is_(None)
    query = sa.select(personal_keys).where(ending, ~ours).order_by(personal_keys.c.not_after)
    return [PersonalKey(**row) for row in connection(tx).execute(query).mappings()]


def find(tx: Transaction, certificate: str) -> PersonalKey | None:
    """The key of this certificate (SHA-256), or None."""
    query = sa.select(personal_keys).where(personal_keys.c.certificate == certificate)
    row = connection(tx).execute(query).mappings().first()
    return None if row is None else PersonalKey(**row)


def destroy(tx: Transaction, account: AccountId, *, at: datetime.datetime) -> int:
    """Destroy the person's keys: only what acts were done with, and when, stays; how many there were."""
    this = personal_keys.c.account == account
    gone = sa.update(personal_keys).where(this).values(container=b"", locked_at=at)
    connection(tx).execute(
        sa.update(personal_keys).where(this, personal_keys.c.revoked_at.is_(None)).values(revoked_at=at)
    )
    return connection(tx).execute(gone).rowcount


def count_try(tx: Transaction, certificate: Digest, *, most: int, at: datetime.datetime) -> int:
    """Count a try before it is made, locking the key at the last one allowed; tries so far, this one included."""
    this = personal_keys.c.certificate == certificate
    tries = int(connection(tx).execute(sa.select(personal_keys.c.tries).where(this)).scalar_one()) + 1
    values = {"tries": tries, "locked_at": at if tries >= most else None}
    connection(tx).execute(sa.update(personal_keys).where(this).values(**values))
    return tries


def opened(tx: Transaction, certificate: Digest) -> None:
    """The PIN was right: forget the tries."""
    this = personal_keys.c.certificate == certificate
    connection(tx).execute(sa.update(personal_keys).where(this).values(tries=0, locked_at=None))


def revoke(tx: Transaction, certificate: Digest, *, at: datetime.datetime) -> bool:
    """The certificate, a trust provider's, counts no longer; False when it did not already."""
    this = (personal_keys.c.certificate == certificate) & personal_keys.c.revoked_at.is_(None)
    return connection(tx).execute(sa.update(personal_keys).where(this).values(revoked_at=at)).rowcount == 1
