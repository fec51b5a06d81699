"""Worker: does one batch by calling its stage's function, and lets no failure of it go further."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jesignd.domain.jobs import Batch, Stage

log = logging.getLogger(__name__)


class Worker:
    """Calls stage functions, in whatever thread it is called, and counts those under way."""

    def __init__(
        self, stages: Mapping[Stage, Callable[[Batch], None]], *, workers: int, done: Callable[[], None]
    ) -> None:
        """`done` is called after each batch. Never more than `workers` run at once beside the lanes, one in each lane.

        The library counts what it has begun a moment after it has begun it; asked twice in that moment, it begins one
        too many, which then waits here.
        """
        self._stages = stages
        self._done = done
        self._line = threading.Semaphore(workers)
        self._lanes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._idle = threading.Condition()
        self._in_hand: set[str] = set()

    def do(self, job: str, batch: Batch) -> str:
        """Call the function of the batch's stage; `done` or `failed`, told once and never raised.

        What failed is still promised in the stages, so that it is promised again once it is overdue: an exception here
        must not end a thread of the engine, nor be kept in its tables with what it says about people.
        """
        with self._idle:
            self._in_hand.add(job)
        try:
            with self._lanes[batch.lane] if batch.lane else self._line:
                self._stages[batch.stage](batch)
        except Exception as error:  # noqa: BLE001 - see above
            _tell(job, batch, error)
            return "failed"
        else:
            return "done"
        finally:
            with self._idle:
                self._in_hand.discard(job)
                self._idle.notify_all()
            self._done()

    def has_in_hand(self, job: str) -> bool:
        """Whether the job was begun here and has not ended."""
        with self._idle:
            return job in self._in_hand

    def wait_until_idle(self, seconds: float) -> bool:
        """Whether nothing was in hand any more within this time."""
        deadline = time.monotonic() + seconds
        with self._idle:
            return self._idle.wait_for(lambda: not self._in_hand, max(0.0, deadline - time.monotonic()))


def _tell(job: str, batch: Batch, error: Exception) -> None:
    """Ids, kind and place; what the error says may name people, and is for whoever turns on DEBUG."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "failed stage=%s job=%s documents=%d attempt=%d error=%s at=%s:%s",
        batch.stage,
        job,
        len(batch.documents),
        batch.attempt,
        type(error).__name__,
        where.filename.rpartition("site-packages/")[2].rpartition("/")[2],
        where.lineno,
    )
    log.debug("failed job=%s", job, exc_info=error)
