"""Revocation: sign again every list and answer that is due, so that whoever asks hears the truth of the day.

Nothing happens when nothing is due: a timer may ask every minute, several machines at once. What is signed outside the
transaction is dropped when a revocation came in between; the next round signs it rightly.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.certificates import LASTS, REFRESHED_EVERY, Status, is_stale
from jesignd.errors import NotFound, Words
from jesignd.pki import authority as pki
from jesignd.pki.authority import Authority, Period
from jesignd.store import certificates, revocation
from jesignd.store.revocation import Signed

if TYPE_CHECKING:
    from jesignd.store.database import Database

log = logging.getLogger(__name__)

_AT_ONCE = 200
"""Answers signed between two transactions."""


@dataclass(frozen=True, slots=True)
class Published:
    """How much was signed."""

    lists: int
    answers: int


def publish(issuing: Authority, *, database: Database, clock: Callable[[], datetime.datetime]) -> Published:
    """Sign the authority's list, and the answers about its certificates, where they are due.

    Raises:
        NotFound: the store does not know this authority.
    """
    at = clock()
    lists = _publish_list(issuing, at, database=database)
    with database.reading() as transaction:
        due = revocation.unanswered(transaction, issuing.id, at=at, made_before=at - REFRESHED_EVERY)
    period = Period.lasting(at, LASTS)
    answers = 0
    for first in range(0, len(due), _AT_ONCE):
        answers += _publish_answers(issuing, due[first : first + _AT_ONCE], period, database=database)
    if lists or answers:
        log.info("published authority=%s lists=%d certificates=%d", issuing.id, lists, answers)
    return Published(lists, answers)


def _publish_list(issuing: Authority, at: datetime.datetime, *, database: Database) -> int:
    with database.reading() as transaction:
        known = revocation.find_authority(transaction, issuing.id)
        if known is None:
            raise NotFound(
                Words("cette autorité n’est pas connue de la base", "the store does not know this authority"),
                hint=Words("jesignd authority init", "jesignd authority init"),
            )
        if not is_stale(known.crl_at, at):
            return 0
        revoked = certificates.statuses(transaction, issuing.id)
    period, number = Period.lasting(at, LASTS), known.crl_number + 1
    signed = Signed(pki.revocation_list(issuing, revoked, number=number, period=period), period.begins, period.ends)
    with database.transaction() as transaction:
        return int(revocation.publish_list(transaction, issuing.id, signed, number=number))


def _publish_answers(issuing: Authority, some: list[Status], period: Period, *, database: Database) -> int:
    signed = list(pki.answers(issuing, some, period=period))
    good = [one.serial for one in some if one.revoked_at is None]
    with database.transaction() as transaction:
        too_late = revocation.revoked_now(transaction, good)
        true = [one for one in signed if one.serial not in too_late]
        revocation.publish_answers(transaction, true, at=period.begins, until=period.ends)
    return len(some) - len(too_late)
