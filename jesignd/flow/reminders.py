"""Reminders: whose certificate ends in 90, 30 or 7 days is told, once for each (F19), whoever issued it."""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING

from jesignd.domain.certificates import REMINDERS, days_reached
from jesignd.domain.mail import Kind
from jesignd.flow import letters
from jesignd.flow.certificates import renewals_due
from jesignd.store import certificates, outbox, people, personal_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.domain.certificates import Reminder
    from jesignd.domain.jobs import Transaction
    from jesignd.store.database import Database
    from jesignd.store.personal_keys import PersonalKey

log = logging.getLogger(__name__)


def remind(*, database: Database, clock: Callable[[], datetime.datetime]) -> int:
    """Write the letters that are due; how many. Nothing is written twice, however often it is asked."""
    at = clock()
    own, bought = renewals_due(at, database=database), _bought_due(at, database=database)
    if not own and not bought:
        return 0
    with database.transaction() as transaction:
        written = sum(_own(transaction, one, at=at) for one in own)
        written += sum(_bought(transaction, key, days, at=at) for key, days in bought)
    if written:
        log.info("wrote reminders letters=%d", written)
    return written


def _own(transaction: Transaction, reminder: Reminder, *, at: datetime.datetime) -> int:
    one = reminder.certificate
    if not certificates.reminded(transaction, one.serial, reminder.days):
        return 0
    to = [one.account] if one.account else letters.in_charge(transaction, one.firm, at=at)
    return sum(
        letters.certificate_expires(transaction, one.digest, who, days=reminder.days, not_after=one.not_after, at=at)
        for who in to
    )


def _bought(transaction: Transaction, key: PersonalKey, days: int, *, at: datetime.datetime) -> int:
    if not people.account(transaction, key.account).is_open(at):
        return 0
    return int(
        letters.certificate_expires(
            transaction, key.certificate, key.account, days=days, not_after=key.not_after, at=at
        )
    )


def _bought_due(at: datetime.datetime, *, database: Database) -> list[tuple[PersonalKey, int]]:
    """Keys of trust providers to remind of; not those whose owner already has one that lasts longer."""
    with database.reading() as transaction:
        until = at + datetime.timedelta(days=REMINDERS[0])
        ending = personal_keys.bought_ending_before(transaction, until, since=at)
        every = personal_keys.of_people(transaction, [one.account for one in ending])
        due = []
        for one in ending:
            days = days_reached(one.not_after, at)
            lasting = any(
                other.account == one.account and other.not_after > one.not_after and other.certified.counts(at)
                for other in every
            )
            told = days is None or outbox.has(transaction, Kind.CERTIFICATE_EXPIRES, one.certificate, days)
            if days is not None and not told and not lasting:
                due.append((one, days))
    return due
