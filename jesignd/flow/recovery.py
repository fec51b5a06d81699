"""Recovery: whoever forgot their password receives a code by mail, and chooses another with it (F21).

The code is made when the letter leaves, so that it lies readable in no table; a letter sent again carries another, and
voids the first. It opens nothing but the choice of a password: one-time codes are still asked for afterwards, and a PIN
is never recovered.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.mail import Kind
from jesignd.errors import NotAllowed, Words
from jesignd.flow import letters
from jesignd.identity import passwords, recovery_codes
from jesignd.store import journal, logins, outbox, people

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import Account, AccountId
    from jesignd.store.database import Database
    from jesignd.store.logins import Login

log = logging.getLogger(__name__)

GOOD_FOR = datetime.timedelta(minutes=15)
MOST_LETTERS = 3
"""In the time a code is good for: nobody's letter-box is filled by whoever knows their login."""


def ask_code(login: str, *, database: Database, clock: Callable[[], datetime.datetime]) -> None:
    """Have a code sent, if this is somebody's login; whether it is shows nowhere."""
    with database.transaction() as transaction:
        at = clock()
        account = people.find_account(transaction, login)
        if account is None or not account.is_open(at):
            return
        if outbox.written_since(transaction, Kind.PASSWORD_CODE, account.id, at - GOOD_FOR) < MOST_LETTERS:
            letters.password_code(transaction, uuid.uuid4().hex, account.id, at=at)


def new_code(account: AccountId, *, database: Database, clock: Callable[[], datetime.datetime]) -> str:
    """A code for this account, the only one that is good from now on."""
    code = recovery_codes.new_code()
    kept = recovery_codes.keep(code)
    with database.transaction() as transaction:
        logins.set_recovery(transaction, account, kept, until=clock() + GOOD_FOR)
    return code


def choose_password(
    login: str, code: str, new: str, *, database: Database, clock: Callable[[], datetime.datetime]
) -> Account:
    """Give the account a new password, for the code that was sent.

    Raises:
        NotAllowed: the password is too weak, or it is not the code, or no longer; which of these is not said.
    """
    chosen = passwords.keep(new)
    with database.transaction() as transaction:
        account = people.find_account(transaction, login)
        kept = _usable(transaction, account, at=clock())
        if account is not None and kept is not None:
            logins.count_recovery(transaction, account.id, tries=kept.recovery_tries + 1)
    known = recovery_codes.matches(code, kept.recovery if kept else None)
    if account is None or kept is None or kept.recovery is None or not known:
        raise _refused()
    with database.transaction() as transaction:
        at = clock()
        if not logins.use_recovery(transaction, account.id, kept.recovery):
            raise _refused()
        logins.set_password(transaction, account.id, chosen)
        told = {"account": account.id, "changed": "password", "by": "recovery"}
        journal.record(transaction, Event.ACCOUNT_CHANGED, None, told, at=at)
    log.info("recovered password account=%s", account.id)
    return account


def _usable(transaction: Transaction, account: Account | None, *, at: datetime.datetime) -> Login | None:
    """The account's proofs while a code of it is good; the third try voids it, right or wrong."""
    if account is None or not account.is_open(at):
        return None
    kept = logins.read(transaction, account.id)
    if kept.recovery is None or kept.recovery_until is None:
        return None
    good = at < kept.recovery_until and kept.recovery_tries < recovery_codes.MOST_TRIES
    return kept if good else None


def _refused() -> NotAllowed:
    return NotAllowed(
        Words("code incorrect, déjà utilisé ou périmé", "wrong code, used before, or too old"),
        hint=Words("un autre : jesignd user password --forgotten", "another one: jesignd user password --forgotten"),
    )
