"""Worker: does one batch by calling its stage's function, and lets no failure of it go further."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import defaultdict
from typing import TYPE_CHECKING

from jesignd.domain.jobs import Batch, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

log = logging.getLogger(__name__)


CHAIN = (Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
"""Stages that one job does one after the other: what the former promises becomes part of the job that is doing it. A
job of the engine costs as much as recognising ten documents.
"""


class _Here(threading.local):
    """What this thread is doing."""

    job: str | None = None
    stage: Stage | None = None


class Worker:
    """Calls stage functions, in whatever thread it is called, and counts those under way."""

    def __init__(
        self,
        stages: Mapping[Stage, Callable[[Batch], None]],
        *,
        workers: int,
        held: Callable[[str], Sequence[Batch]] | None,
        done: Callable[[Batch], None],
    ) -> None:
        """`held`: what a job has promised itself to do further (None: jobs promise nothing to themselves).

        `done` is called after each job. Never more than `workers` run at once beside the lanes, one in each lane.
        The library counts what it has begun a moment after it has begun it; asked twice in that moment, it begins one
        too many, which then waits here.
        """
        self._stages = stages
        self._held = held
        self._done = done
        self._line = threading.Semaphore(workers)
        self._lanes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._idle = threading.Condition()
        self._in_hand: set[str] = set()
        self._here = _Here()

    def do(self, job: str, batch: Batch) -> str:
        """Call the functions of the batch's stage and of those that follow in the job; `done` or `failed`, not raised.

        What failed is still promised in the stages, so that it is promised again once it is overdue: an exception here
        must not end a thread of the engine, nor be kept in its tables with what it says about people.
        """
        with self._idle:
            self._in_hand.add(job)
        try:
            with self._lanes[batch.lane] if batch.lane else self._line:
                self._follow(job, batch)
        except Exception as error:  # noqa: BLE001 - see above
            _tell(job, batch, error)
            return "failed"
        else:
            return "done"
        finally:
            self._here.job = None
            with self._idle:
                self._in_hand.discard(job)
                self._idle.notify_all()
            self._done(batch)

    def joined(self, batch: Batch) -> str | None:
        """The job under way in this thread, if it is to do this batch as well; asked when the batch is promised."""
        here = self._here
        if here.job is None or here.stage not in CHAIN or batch.stage not in CHAIN:
            return None
        return here.job if CHAIN.index(batch.stage) > CHAIN.index(here.stage) else None

    def _follow(self, job: str, batch: Batch) -> None:
        """Do the batch, then what it led to; a job that was cut off between two stages goes on where it was."""
        if self._held is not None:
            self._here.job, self._here.stage = job, batch.stage
        self._stages[batch.stage](batch)
        if self._held is None or batch.stage not in CHAIN:
            return
        for stage in CHAIN[CHAIN.index(batch.stage) + 1 :]:
            self._here.stage = stage
            for following in self._held(job):
                if following.stage is stage:
                    self._stages[stage](following)

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
