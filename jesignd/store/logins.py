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

_NO_RECOVERY: dict[str, object] = {"recovery": None, "recovery_until": None, "recovery_tries": 0}


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
    change_due_at: datetime.datetime | None = None
    """Since when the password is one that somebody else chose, good only to choose another."""
    recovery: str | None = field(default=None, repr=False)
    """argon2id hash of the code sent to whoever forgot theirs."""
    recovery_until: datetime.datetime | None = None
    recovery_tries: int = 0


def read(tx: Transaction, account: AccountId) -> Login:
    """The account's proofs."""
    query = sa.select(
        accounts.c.password,
        accounts.c.totp,
        accounts.c.totp_confirmed_at,
        accounts.c.totp_step,
        accounts.c.failures,
        accounts.c.locked_until,
        accounts.c.change_due_at,
        accounts.c.recovery,
        accounts.c.recovery_until,
        accounts.c.recovery_tries,
    ).where(accounts.c.id == account)
    return Login(**connection(tx).execute(query).mappings().one())


def set_password(tx: Transaction, account: AccountId, kept: str) -> None:
    """Replace the hash by that of a password its owner chose; failures are forgotten, codes on their way worthless."""
    _update(tx, account, password=kept, failures=0, locked_until=None, change_due_at=None, **_NO_RECOVERY)


def reset_password(tx: Transaction, account: AccountId, kept: str, *, at: datetime.datetime) -> None:
    """Replace the hash by that of a password its owner is to change before anything else."""
    _update(tx, account, password=kept, failures=0, locked_until=None, change_due_at=at, **_NO_RECOVERY)


def keep_password(tx: Transaction, account: AccountId, kept: str, *, former: str) -> None:
    """Replace the hash by a stronger one of the same password, unless it was changed meanwhile."""
    this = (accounts.c.id == account) & (accounts.c.password == former)
    connection(tx).execute(sa.update(accounts).where(this).values(password=kept))


def set_recovery(tx: Transaction, account: AccountId, kept: str, *, until: datetime.datetime) -> None:
    """From now on only this code is good, and so long."""
    _update(tx, account, recovery=kept, recovery_until=until, recovery_tries=0)


def count_recovery(tx: Transaction, account: AccountId, *, tries: int) -> None:
    """Count a try before it is made."""
    _update(tx, account, recovery_tries=tries)


def use_recovery(tx: Transaction, account: AccountId, kept: str) -> bool:
    """The code is used up; False when it was already, or another took its place."""
    this = (accounts.c.id == account) & (accounts.c.recovery == kept)
    return connection(tx).execute(sa.update(accounts).where(this).values(**_NO_RECOVERY)).rowcount == 1


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
