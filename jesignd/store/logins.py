"""Logins: what an account's password and codes are checked against, and how often that failed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.store.database import connection
from jesignd.store.people_tables import accounts

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import AccountId


@dataclass(frozen=True, slots=True)
class Login:
    """What is kept of one account's proofs; nothing of it can be read by whoever reads the database."""

    password: str | None = field(repr=False)
    """argon2id hash."""
    totp: bytes | None = field(repr=False)
    """Encrypted secret of the one-time codes."""
    totp_confirmed_at: datetime.datetime | None
    totp_step: int | None
    """The last step whose code was used: none is accepted twice."""
    failures: int
    locked_until: datetime.datetime | None


def read(tx: Transaction, account: AccountId) -> Login:
    """The account's proofs."""
    query = sa.select(
        accounts.c.password,
        accounts.c.totp,
        accounts.c.totp_confirmed_at,
        accounts.c.totp_step,
        accounts.c.failures,
        accounts.c.locked_until,
    ).where(accounts.c.id == account)
    return Login(*connection(tx).execute(query).one())


def set_password(tx: Transaction, account: AccountId, kept: str) -> None:
    """Replace the hash; failures are forgotten."""
    _update(tx, account, password=kept, failures=0, locked_until=None)


def set_totp(tx: Transaction, account: AccountId, encrypted: bytes) -> None:
    """Replace the secret of the codes; it counts once a code has confirmed it."""
    _update(tx, account, totp=encrypted, totp_confirmed_at=None, totp_step=None)


def use_step(tx: Transaction, account: AccountId, step: int) -> None:
    """Remember that this step's code was used."""
    _update(tx, account, totp_step=step)


def confirm_totp(tx: Transaction, account: AccountId, *, step: int, at: datetime.datetime) -> None:
    """From now on a code is asked for at each login."""
    _update(tx, account, totp_confirmed_at=at, totp_step=step)


def fail(tx: Transaction, account: AccountId, *, failures: int, locked_until: datetime.datetime | None) -> None:
    """Count a failure."""
    _update(tx, account, failures=failures, locked_until=locked_until)


def succeed(tx: Transaction, account: AccountId) -> None:
    """Forget the failures."""
    _update(tx, account, failures=0, locked_until=None)


def _update(tx: Transaction, account: AccountId, **values: object) -> None:
    connection(tx).execute(sa.update(accounts).where(accounts.c.id == account).values(**values))
