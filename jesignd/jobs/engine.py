"""Engine: keeps the promises, on DBOS, in threads of this process; the only room that knows of it.

Our stage rows are the truth and this is a durable queue. A job is one call of a stage function, which is idempotent and
commits its own work with the next promise: whatever the engine forgets, repeats or leaves behind, nothing is lost or
done twice.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, cast

from dbos import DBOS

from jesignd.domain.documents import DocumentId
from jesignd.domain.jobs import Batch, Stage, Transaction
from jesignd.jobs import client
from jesignd.jobs.polling import Line, Polling
from jesignd.jobs.worker import Worker

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence


log = logging.getLogger(__name__)

_LISTENER_SECONDS = 0.2
"""We notify nobody; but stopping waits for the library's listener to turn round once."""

_BEGINNING_SECONDS = 10.0
"""How long after it was taken from its queue a job is in somebody's hand at the latest."""

_OUTCOME_SECONDS = 2.0
"""How long the library may take to write down that a job has ended."""


class DbosEngine:
    """The engine of this node; one per process, as the library has it."""

    def __init__(self, database: client.Connected, *, node: str, workers: int = 4, lanes: int = 8) -> None:
        """`node` is stable and never shared by two processes: a restart takes up what it had in hand.

        `workers`: batches of the line done at once. `lanes`: destinations served at once, each one batch at a time.
        """
        self._database = database
        self._node = node
        self._workers = workers
        self._lanes = lanes
        self._client = client.DbosClientEngine(database)
        self._polling = Polling(database, workers=workers, lanes=lanes)
        self._promised: dict[int, list[Line]] = {}
        self._worker: Worker | None = None
        database.on_end(self._transaction_ended)

    def enqueue(self, transaction: Transaction, batch: Batch, *, delay_seconds: float = 0.0) -> str:
        """Promise the batch in this transaction and return the job's id; nothing runs if it rolls back.

        What a job promises may become part of that job (see `worker.CHAIN`).
        """
        if delay_seconds <= 0 and self._worker is not None and (joined := self._worker.joined(batch)) is not None:
            return joined
        job = self._client.enqueue(transaction, batch, delay_seconds=delay_seconds)
        if delay_seconds <= 0:
            self._promised.setdefault(id(transaction), []).append(line_of(batch))
        return job

    def live(self, jobs: Sequence[str]) -> frozenset[str]:
        """Those of these jobs that are waiting, delayed or running.

        A job that its table says we run, and that we do not, has ended while the table could not be written.
        """
        return frozenset(one.job for one in self._client.unfinished(jobs) if not self._has_lost(one))

    def cancel(self, jobs: Sequence[str]) -> None:
        """Forget these jobs, where they have not begun."""
        self._client.cancel(jobs)

    def recover(self, nodes: Iterable[str]) -> int:
        """Take over what these dead nodes had in hand; the number of jobs taken."""
        return self._client.recover(node for node in nodes if node != self._node)

    def collect(self, before: datetime.datetime) -> int:
        """Forget finished jobs older than this; the number forgotten."""
        return self._client.collect(before)

    def run(
        self,
        stages: Mapping[Stage, Callable[[Batch], None]],
        *,
        held: Callable[[str], Sequence[Batch]] | None = None,
    ) -> None:
        """Start doing jobs, beginning with those this node left in hand; returns at once.

        `held` tells what the stages still hold for a job; with it, what a job promises may become part of it.
        """
        polling = self._polling
        self._worker = worker = Worker(
            stages, workers=self._workers, held=held, done=lambda batch: polling.ended(line_of(batch))
        )
        self._polling.prepare()
        instance = DBOS(
            config={
                "name": client.APPLICATION,
                "system_database_engine": cast("Any", self._database.engine_connections()),
                "application_version": client.VERSION,
                "executor_id": self._node,
                "serializer": client.serializer(),
                "log_level": "WARNING",
                "notification_listener_polling_interval_sec": _LISTENER_SECONDS,
                "max_executor_threads": self._workers + self._lanes + 8,
                "run_migrations": False,
            }
        )

        @DBOS.workflow(name=client.WORKFLOW, max_recovery_attempts=None)
        def _batch(stage: str, documents: list[str], lane: str, attempt: int) -> str:
            batch = Batch(Stage(stage), tuple(map(DocumentId, documents)), lane, attempt)
            polling.begun(line_of(batch))
            return worker.do(DBOS.workflow_id or "", batch)

        self._polling.launch(instance)
        log.info("started engine node=%s workers=%d lanes=%d", self._node, self._workers, self._lanes)

    def stop(self, seconds: float) -> None:
        """Finish the jobs in hand, for at most this long, and begin no other.

        What is not finished then goes on in its thread until the process ends, and is begun again at the next start.
        """
        self._polling.stop(max(1.0, seconds))
        if self._worker is not None:
            drained = self._worker.wait_until_idle(seconds) and self._wait_for_outcomes()
            DBOS.destroy(destroy_registry=True)
            log.info("stopped engine node=%s drained=%s", self._node, drained)
        self._client.close()

    def is_alive(self) -> bool:
        """Whether the threads that look for work still do."""
        return self._polling.is_alive()

    def _has_lost(self, job: client.Unfinished) -> bool:
        return (
            job.node == self._node
            and job.begun_at is not None
            and time.time() - job.begun_at > _BEGINNING_SECONDS
            and not (self._worker is not None and self._worker.has_in_hand(job.job))
        )

    def _wait_for_outcomes(self) -> bool:
        deadline = time.monotonic() + _OUTCOME_SECONDS
        while self._client.in_hand_of(self._node):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _transaction_ended(self, transaction: Transaction) -> None:
        """Also after a rollback: looking once for nothing costs little."""
        self._polling.promised(self._promised.pop(id(transaction), ()))


def line_of(batch: Batch) -> Line:
    """What this batch waits in."""
    return Line(client.queue_of(batch.stage), batch.lane)
