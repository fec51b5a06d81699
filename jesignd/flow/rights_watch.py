"""Rights watch: documents held for want of a right or a mandate are looked at again when something of it has changed.

Whoever changes a right by a command resumes at once; this sees what any other program wrote, and the days on which
something begins.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.paris import day
from jesignd.flow.outcomes import RESUMED_BY_RIGHTS
from jesignd.flow.release import resume
from jesignd.store import journal

if TYPE_CHECKING:
    from jesignd.domain.jobs import Promiser
    from jesignd.store.database import Database

CURES = frozenset(
    {
        Event.FIRM_ADDED,
        Event.ACCOUNT_ADDED,
        Event.ACCOUNT_CHANGED,
        Event.MEMBER_JOINED,
        Event.KEY_ATTACHED,
        Event.TERMS_ACCEPTED,
        Event.DELEGATION_GRANTED,
        Event.DELEGATION_RECEIVED,
        Event.MANDATE_RECORDED,
        Event.ENROLMENT_CERTIFIED,
        Event.CERTIFICATE_ISSUED,
    }
)
"""Events after which somebody may do what they might not before."""


class RightsWatch:
    """Remembers what was looked at; the first look resumes nothing, because a start does."""

    def __init__(self, database: Database, clock: Callable[[], datetime.datetime]) -> None:
        self._database = database
        self._clock = clock
        self._seen = self._standing()

    def look(self, engine: Promiser) -> int:
        """Look again at what waits, if there is a reason to; how many documents went back."""
        standing = self._standing()
        if standing == self._seen:
            return 0
        self._seen = standing
        return resume(RESUMED_BY_RIGHTS, database=self._database, engine=engine, clock=self._clock)

    def _standing(self) -> tuple[int, datetime.date]:
        with self._database.reading() as transaction:
            return journal.last_of_house(transaction, CURES), day(self._clock())
