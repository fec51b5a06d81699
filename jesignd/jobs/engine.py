"""Engine: keeps the promises, on DBOS, in threads of this process; the only room that knows of it.

Our stage rows are the truth and this is a durable queue. A job is one call of a stage function, which is idempotent and
commits its own work with the next promise: whatever the engine forgets, repeats or leaves behind, nothing is lost or
done twice.
"""

from __future__ import annotations

import inspect
import logging
import threading
import time
from typing import TYPE_CHECKING, Any, cast

from dbos import DBOS, DBOSClient
from dbos import _queue as library_queue

from jesignd.domain.documents import DocumentId
from jesignd.domain.jobs import Batch, Stage, Transaction
from jesignd.jobs import client
from jesignd.jobs.wake import Wake
from jesignd.jobs.worker import Worker

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence


log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
"""How late a job promised by another process is seen; ours are seen at once (see `wake`)."""

_BUSY_POLL_SECONDS = 0.05
"""The same where the library's polling loop is not the one we know, and nobody can be woken."""

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
        self._wakes = {client.LINE: Wake(), client.DELIVERY: Wake()}
        self._promised: dict[int, set[str]] = {}
        self._worker: Worker | None = None
        self._threads: list[threading.Thread] = []
        database.on_end(self._transaction_ended)

    def enqueue(self, transaction: Transaction, batch: Batch, *, delay_seconds: float = 0.0) -> str:
        """Promise the batch in this transaction and return the job's id; nothing runs if it rolls back."""
        job = self._client.enqueue(transaction, batch, delay_seconds=delay_seconds)
        if delay_seconds <= 0:
            self._promised.setdefault(id(transaction), set()).add(client.queue_of(batch.stage))
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

    def run(self, stages: Mapping[Stage, Callable[[Batch], None]]) -> None:
        """Start doing jobs, beginning with those this node left in hand; returns at once."""
        self._worker = worker = Worker(stages, workers=self._workers, done=self._nudge)
        own_loops = _loop_is_known()
        # Limits are stored, and a worker starts with the stored ones: they must be right before it is launched.
        _register_queues(
            self._database,
            workers=self._workers,
            lanes=self._lanes,
            poll=_POLL_SECONDS if own_loops else _BUSY_POLL_SECONDS,
        )
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
            return worker.do(DBOS.workflow_id or "", batch)

        if own_loops:
            DBOS.listen_queues([])
        DBOS.launch()
        if own_loops:
            self._start_loops(instance)
        log.info("started engine node=%s workers=%d lanes=%d", self._node, self._workers, self._lanes)

    def stop(self, seconds: float) -> None:
        """Finish the jobs in hand, for at most this long, and begin no other.

        What is not finished then goes on in its thread until the process ends, and is begun again at the next start.
        """
        for wake in self._wakes.values():
            wake.set()
        for thread in self._threads:
            thread.join(timeout=max(1.0, seconds))
        if self._worker is not None:
            drained = self._worker.wait_until_idle(seconds) and self._wait_for_outcomes()
            DBOS.destroy(destroy_registry=True)
            log.info("stopped engine node=%s drained=%s", self._node, drained)
        self._client.close()

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
        """Also after a rollback: looking once for nothing costs a millisecond."""
        for queue in self._promised.pop(id(transaction), ()):
            self._wakes[queue].nudge()

    def _nudge(self) -> None:
        """A worker is free."""
        for wake in self._wakes.values():
            wake.nudge()

    def _start_loops(self, instance: DBOS) -> None:
        for name, wake in self._wakes.items():
            queue = DBOS.retrieve_queue(name)
            thread = threading.Thread(
                target=library_queue.queue_worker_thread,
                args=(cast("threading.Event", wake), instance, queue),
                name=f"jobs-{name}",
                daemon=True,
            )
            thread.start()
            self._threads.append(thread)


def _loop_is_known() -> bool:
    """Whether the library's polling loop is still the one that pauses on the event it is given (seen in 3.4)."""
    loop: Any = getattr(library_queue, "queue_worker_thread", None)
    return loop is not None and list(inspect.signature(loop).parameters) == ["stop_event", "dbos", "queue"]


def _register_queues(database: client.Connected, *, workers: int, lanes: int, poll: float) -> None:
    registrar = DBOSClient(
        system_database_engine=cast("Any", database.engine_connections()),
        serializer=client.serializer(),
        application_name=client.APPLICATION,
        lazy=True,
    )
    registrar.register_queue(client.LINE, worker_concurrency=workers, polling_interval_sec=poll)
    registrar.register_queue(
        client.DELIVERY, worker_concurrency=lanes, partition_worker_concurrency=1, polling_interval_sec=poll
    )
    registrar.destroy()
