"""Logins: passwords and one-time codes, set and checked; every try is counted before it is looked at."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.people import Role
from jesignd.errors import NotAllowed, Words
from jesignd.identity import codes, passwords, recovery_codes
from jesignd.store import journal, logins, people

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import Account, AccountId
    from jesignd.identity.encryption import Encryption
    from jesignd.store.database import Database
    from jesignd.store.logins import Login

MOST_FAILURES = 5
LOCKED_FOR = datetime.timedelta(minutes=15)
_PURPOSE = "totp"


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody types to show who they are; `code` where their account asks for one."""

    login: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


def authenticate(
    proof: Proof,
    *,
    database: Database,
    encryption: Callable[[], Encryption],
    clock: Callable[[], datetime.datetime],
) -> Account:
    """The account whose password (and code) this is.

    Raises:
        NotAllowed: it is nobody's, or too many tries failed; which of the two parts was wrong is not said.
        ChangeDue: it is right, but was chosen by somebody else.
    """
    account, kept = _proven(proof, database=database, encryption=encryption, clock=clock)
    if kept.change_due_at is not None:
        raise ChangeDue(account.login)
    return account


def change_password(
    proof: Proof,
    new: str,
    *,
    database: Database,
    encryption: Callable[[], Encryption],
    clock: Callable[[], datetime.datetime],
) -> Account:
    """Let somebody who proves who they are choose another password.

    Raises:
        NotAllowed: they do not, or the new one is too weak or the same.
    """
    if new == proof.password:
        raise NotAllowed(Words("c’est le même mot de passe", "it is the same password"))
    chosen = passwords.keep(new)
    account, _ = _proven(proof, database=database, encryption=encryption, clock=clock)
    _write_password(account.id, chosen, database=database, clock=clock, by=account.id)
    return account


def reset_password(
    account: AccountId,
    admin: Account,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
) -> str:
    """A password made here, good only to choose another; it is shown once, to be handed over.

    Raises:
        NotAllowed: whoever asks is no administrator, or the account is closed.
    """
    if Role.ADMIN not in admin.roles:
        raise NotAllowed(
            Words("seul un administrateur réinitialise un mot de passe", "only an administrator resets a password"),
            hint=Words("sinon : jesignd user password --forgotten", "otherwise: jesignd user password --forgotten"),
        )
    new = recovery_codes.new_password()
    kept = passwords.keep(new)
    with database.transaction() as transaction:
        at = clock()
        _require_open(transaction, account, at=at)
        logins.reset_password(transaction, account, kept, at=at)
        told = {"account": account, "changed": "password_reset", "by": admin.id}
        journal.record(transaction, Event.ACCOUNT_CHANGED, None, told, at=at)
    return new


def _proven(
    proof: Proof,
    *,
    database: Database,
    encryption: Callable[[], Encryption],
    clock: Callable[[], datetime.datetime],
) -> tuple[Account, Login]:
    at = clock()
    with database.transaction() as transaction:
        account = people.find_account(transaction, proof.login)
        kept = logins.read(transaction, account.id) if account and account.is_open(at) else None
        if account is not None and kept is not None:
            if kept.locked_until is not None and at < kept.locked_until:
                raise _locked(kept.locked_until)
            failures = kept.failures + 1
            until = at + LOCKED_FOR if failures >= MOST_FAILURES else None
            logins.fail(transaction, account.id, failures=failures, locked_until=until)
    known = passwords.matches(proof.password, kept.password if kept else None)
    if account is None or kept is None or not known:
        raise _refused()
    with database.transaction() as transaction:
        now = logins.read(transaction, account.id)
        if now.totp is not None and now.totp_confirmed_at is not None:
            secret = encryption().decrypt(now.totp, purpose=_PURPOSE, owner=account.id)
            step = codes.step_of(secret, proof.code or "", at=at, after=now.totp_step)
            if step is None:
                raise _refused()
            logins.use_step(transaction, account.id, step)
        logins.succeed(transaction, account.id)
    if kept.password is not None and passwords.is_outdated(kept.password):
        stronger = passwords.keep(proof.password)
        with database.transaction() as transaction:
            logins.keep_password(transaction, account.id, stronger, former=kept.password)
    return account, kept


def asks_for_code(login: str, *, database: Database) -> bool:
    """Whether this account has confirmed one-time codes; False for nobody's login."""
    with database.reading() as transaction:
        account = people.find_account(transaction, login)
        return account is not None and logins.read(transaction, account.id).totp_confirmed_at is not None


def set_password(
    account: AccountId, new: str, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> None:
    """Give the account another password.

    Raises:
        NotAllowed: it is too weak, or the account is closed.
    """
    _write_password(account, passwords.keep(new), database=database, clock=clock, by=by)


def start_totp(account: AccountId, *, database: Database, encryption: Encryption, issuer: str) -> str:
    """Give the account a new secret and return its `otpauth:` address; it counts once a code has confirmed it."""
    secret = codes.new_secret()
    with database.transaction() as transaction:
        one = people.account(transaction, account)
        logins.set_totp(transaction, account, encryption.encrypt(secret, purpose=_PURPOSE, owner=account))
    return codes.address(secret, login=one.login, issuer=issuer)


def confirm_totp(
    account: AccountId,
    code: str,
    *,
    database: Database,
    encryption: Encryption,
    clock: Callable[[], datetime.datetime],
    by: str,
) -> None:
    """Ask for codes from now on.

    Raises:
        NotAllowed: this is not the code the telephone should show.
    """
    at = clock()
    with database.transaction() as transaction:
        kept = logins.read(transaction, account)
        if kept.totp is None:
            raise NotAllowed(Words("aucun code à confirmer", "no code to confirm"))
        secret = encryption.decrypt(kept.totp, purpose=_PURPOSE, owner=account)
        step = codes.step_of(secret, code, at=at, after=kept.totp_step)
        if step is None:
            raise NotAllowed(
                Words("ce n’est pas le code attendu", "this is not the code expected"),
                hint=Words("vérifiez l’heure du téléphone", "check the telephone's clock"),
            )
        logins.confirm_totp(transaction, account, step=step, at=at)
        told = {"account": account, "changed": "totp", "by": by}
        journal.record(transaction, Event.ACCOUNT_CHANGED, None, told, at=at)


class ChangeDue(NotAllowed):
    """The password is right, and only good to choose another."""

    def __init__(self, login: str) -> None:
        super().__init__(
            Words("ce mot de passe est à changer avant tout", "this password is to be changed first"),
            hint=Words(f"jesignd user password {login}", f"jesignd user password {login}"),
        )


def _write_password(
    account: AccountId, kept: str, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> None:
    with database.transaction() as transaction:
        at = clock()
        _require_open(transaction, account, at=at)
        logins.set_password(transaction, account, kept)
        told = {"account": account, "changed": "password", "by": by}
        journal.record(transaction, Event.ACCOUNT_CHANGED, None, told, at=at)


def _require_open(transaction: Transaction, account: AccountId, *, at: datetime.datetime) -> None:
    if not people.account(transaction, account).is_open(at):
        raise NotAllowed(Words("ce compte est clos", "this account is closed"))


def _refused() -> NotAllowed:
    return NotAllowed(
        Words("identifiant, mot de passe ou code incorrect", "wrong login, password or code"),
        hint=Words(
            f"après {MOST_FAILURES} essais le compte est bloqué un quart d’heure",
            f"after {MOST_FAILURES} tries the account is locked for a quarter of an hour",
        ),
    )


def _locked(until: datetime.datetime) -> NotAllowed:
    minutes = f"{until:%H:%M} UTC"
    return NotAllowed(
        Words(f"trop d’essais : compte bloqué jusqu’à {minutes}", f"too many tries: account locked until {minutes}")
    )
