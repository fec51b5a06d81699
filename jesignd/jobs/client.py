"""Client: makes, looks up and takes back promises without keeping any; what the command line needs of the engine."""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus

from jesignd.domain.jobs import Batch, Stage, Transaction

APPLICATION = "jesignd"
VERSION = "1"
"""The library runs a job only under the version it was promised under, by default a hash of its sources: an upgrade
would strand what waits. Ours never changes; what a job holds is ids, and stage functions read old ones."""

WORKFLOW = "batch"
LINE, DELIVERY = "line", "delivery"

UNFINISHED = ["ENQUEUED", "PENDING", "DELAYED"]
NOT_BEGUN = ["ENQUEUED", "DELAYED"]
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

_CHUNK = 500
_NO_LANE = "-"

PRIORITIES: Mapping[Stage, int] = {
    Stage.SEAL: 1,
    Stage.AUTHORISE: 2,
    Stage.RECOGNISE: 3,
    Stage.REPORT: 4,
    Stage.CLEAR: 5,
    Stage.DELIVER: 1,
}
"""What is nearest its end goes first: a burst is delivered from its beginning on. Smaller is sooner."""


class Connected(Protocol):
    """The database, as far as the engine must know it."""

    @property
    def url(self) -> str:
        """Its address, password included."""

    def engine_connections(self) -> object:
        """Connections to it, for the engine's library."""

    def on_end(self, listener: Callable[[Transaction], None]) -> None:
        """Call this at the end of every writing transaction."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that has not ended, the node that runs it, if one does, and since when (seconds since 1970)."""

    job: str
    node: str | None
    begun_at: float | None


def quiet_library() -> None:
    """Let the library's warnings go through our logging, instead of its own console and colours."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def serializer() -> DBOSPortableJSONSerializer:
    """JSON; the library's default is pickle, which runs code for whoever can write in the database."""
    return DBOSPortableJSONSerializer()


class DbosClientEngine:
    """Promises batches to whichever daemon runs on this database, or will."""

    def __init__(self, database: Connected) -> None:
        quiet_library()
        DBOS.migrate(database.url)
        self._client = DBOSClient(
            system_database_engine=cast("Any", database.engine_connections()),
            serializer=serializer(),
            application_name=APPLICATION,
            lazy=True,
        )

    def enqueue(self, transaction: Transaction, batch: Batch, *, delay_seconds: float = 0.0) -> str:
        """Promise the batch in this transaction and return the job's id, never used before or again."""
        job = f"{batch.stage}-{uuid.uuid4().hex}"
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "workflow_id": job,
            "queue_name": queue_of(batch.stage),
            "app_version": VERSION,
            "priority": PRIORITIES[batch.stage],
        }
        if batch.stage is Stage.DELIVER:
            options["queue_partition_key"] = batch.lane or _NO_LANE
        if delay_seconds > 0:
            options["delay_seconds"] = delay_seconds
        connection = cast("Any", transaction)
        arguments: tuple[Any, ...] = (str(batch.stage), list(batch.documents), batch.lane, batch.attempt)
        self._client.enqueue_in_transaction(connection, options, *arguments)
        return job

    def live(self, jobs: Sequence[str]) -> frozenset[str]:
        """Those of these jobs that are waiting, delayed or running."""
        return frozenset(one.job for one in self.unfinished(jobs))

    def unfinished(self, jobs: Sequence[str]) -> list[Unfinished]:
        """Those of these jobs that are waiting, delayed or running, as the tables tell."""
        return [
            Unfinished(
                row.workflow_id,
                row.executor_id if row.status == "PENDING" else None,
                row.dequeued_at / 1000 if row.dequeued_at is not None else None,
            )
            for row in self._in_state(jobs, UNFINISHED)
        ]

    def cancel(self, jobs: Sequence[str]) -> None:
        """Forget these jobs, where they have not begun."""
        if waiting := [row.workflow_id for row in self._in_state(jobs, NOT_BEGUN)]:
            self._client.cancel_workflows(waiting)

    def recover(self, nodes: Iterable[str]) -> int:
        """Take over what these dead nodes had in hand; the number of jobs taken.

        Should one of them be a sleeper and wake, it finds that its jobs are no longer its own.
        """
        taken = 0
        for node in nodes:
            pending = self._client.list_workflows(
                status="PENDING", executor_id=node, load_input=False, load_output=False
            )
            for queue in (LINE, DELIVERY):
                jobs = [one.workflow_id for one in pending if one.queue_name == queue]
                if jobs:
                    self._client.resume_workflows(jobs, queue_name=queue)
                taken += len(jobs)
        return taken

    def collect(self, before: datetime.datetime) -> int:
        """Forget finished jobs older than this; the number forgotten."""
        forgotten = 0
        while finished := self._client.list_workflows(
            status=FINISHED,
            end_time=before.astimezone(datetime.UTC).isoformat(),
            limit=_CHUNK,
            load_input=False,
            load_output=False,
        ):
            self._client.delete_workflows([one.workflow_id for one in finished])
            forgotten += len(finished)
        return forgotten

    def in_hand_of(self, node: str) -> int:
        """How many jobs this node has begun and not finished, as the tables tell."""
        return len(self._client.list_workflows(status="PENDING", executor_id=node, load_input=False, load_output=False))

    def close(self) -> None:
        """Promise no more."""
        self._client.destroy()

    def _in_state(self, jobs: Sequence[str], states: list[str]) -> list[WorkflowStatus]:
        found: list[WorkflowStatus] = []
        for start in range(0, len(jobs), _CHUNK):
            chunk = list(jobs[start : start + _CHUNK])
            found += self._client.list_workflows(workflow_ids=chunk, status=states, load_input=False, load_output=False)
        return found


def queue_of(stage: Stage) -> str:
    """Deliveries wait apart, lane by lane: a destination that does not answer blocks only itself."""
    return DELIVERY if stage is Stage.DELIVER else LINE
