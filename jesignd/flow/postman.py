"""Postman: send what is due in the outbox.

Each try is counted before it is made. A crash after the server took a letter and before that is written down sends it a
second time, with the same message identifier; it never leaves one unsent.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.mail import Kind
from jesignd.domain.people import Account, Email
from jesignd.flow import recovery
from jesignd.flow.wording import House, words_of
from jesignd.mail.compose import Sender, compose
from jesignd.mail.send import NotSent, Server, Undeliverable, send
from jesignd.store import journal, outbox, people

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from jesignd.domain.jobs import Transaction
    from jesignd.store.database import Database
    from jesignd.store.outbox import Posted

log = logging.getLogger(__name__)

_AT_ONCE = 50
_FAILURES_IN_A_ROW = 3
"""Then the server is down, not the letter wrong: the others wait for the next round."""


@dataclass(frozen=True, slots=True)
class Office:
    """Through which server letters leave, from whom, and for which house."""

    server: Server
    sender: Sender
    house: House


@dataclass(frozen=True, slots=True)
class Round:
    """What became of the letters of one round."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(office: Office, *, database: Database, clock: Callable[[], datetime.datetime]) -> Round:
    """Try each letter that is due, once."""
    with database.reading() as transaction:
        due = outbox.due(transaction, at=clock(), limit=_AT_ONCE)
    counts, row = {"sent": 0, "failed": 0, "given_up": 0}, 0
    for posted in due:
        became = _deliver_one(posted, office, database=database, clock=clock)
        if became is None:
            continue
        counts[became] += 1
        row = row + 1 if became == "failed" else 0
        if row == _FAILURES_IN_A_ROW:
            break
    if due:
        log.info("mail round sent=%d failed=%d given_up=%d", *counts.values())
    return Round(**counts)


def _deliver_one(
    posted: Posted, office: Office, *, database: Database, clock: Callable[[], datetime.datetime]
) -> str | None:
    """What became of it; None when another machine has it."""
    letter = posted.letter
    with database.transaction() as transaction:
        at = clock()
        if not outbox.claim(transaction, posted, at=at):
            return None
        to = people.find_account(transaction, letter.to)
        pointless = _pointless(posted, to, at=at)
        words = None if pointless else words_of(transaction, letter, to, house=office.house, at=at)
        if words is None:
            _give_up(transaction, posted, pointless or "moot", at=at)
            return "given_up"
    address = to.profile.email if to else Email(letter.to)
    if letter.kind is Kind.PASSWORD_CODE and to is not None:
        words = {**words, "code": recovery.new_code(to.id, database=database, clock=clock)}
    message = compose(
        letter.kind, words, sender=office.sender, to=address, message_id=_message_id(posted), at=posted.written_at
    )
    return _hand_over(message, address, posted, office=office, database=database, clock=clock)


def _hand_over(
    message: EmailMessage,
    address: Email,
    posted: Posted,
    *,
    office: Office,
    database: Database,
    clock: Callable[[], datetime.datetime],
) -> str:
    letter = posted.letter
    try:
        send(message, sender=office.sender.address, to=address, server=office.server)
    except NotSent as error:
        with database.transaction() as transaction:
            outbox.failed(transaction, letter, error.trouble)
        log.warning("letter did not leave kind=%s trouble=%s", letter.kind.value, error.trouble)
        return "failed"
    except Undeliverable as error:
        with database.transaction() as transaction:
            _give_up(transaction, posted, error.trouble, at=clock())
        return "given_up"
    with database.transaction() as transaction:
        at = clock()
        outbox.sent(transaction, letter, at=at)
        told = {"kind": letter.kind.value, "about": letter.about, "threshold": letter.threshold}
        journal.record(transaction, Event.LETTER_SENT, None, told, at=at)
    return "sent"


def _pointless(posted: Posted, to: Account | None, *, at: datetime.datetime) -> str | None:
    """Why it is not worth sending any more."""
    if at >= posted.letter.useful_until:
        return "too_late"
    if to is None and "@" not in posted.letter.to:
        return "nobody"
    return "closed" if to is not None and not to.is_open(at) else None


def _give_up(transaction: Transaction, posted: Posted, trouble: str, *, at: datetime.datetime) -> None:
    letter = posted.letter
    outbox.give_up(transaction, letter, trouble, at=at)
    told = {"kind": letter.kind.value, "about": letter.about, "threshold": letter.threshold, "trouble": trouble}
    journal.record(transaction, Event.LETTER_GIVEN_UP, None, told, at=at)
    log.warning("gave up letter kind=%s trouble=%s", letter.kind.value, trouble)


def _message_id(posted: Posted) -> str:
    """The same at each try; a password's code changes, so there each letter is its own."""
    letter = posted.letter
    tries = posted.attempts if letter.kind is Kind.PASSWORD_CODE else 0
    named = f"{letter.kind.value}\0{letter.about}\0{letter.threshold}\0{letter.to}\0{tries}"
    return hashlib.sha256(named.encode()).hexdigest()[:40]
