"""Polling: the threads that ask for work, one per queue, and that can be woken; they outlive whatever goes wrong.

The library would start such threads itself, but on events nobody else can reach. Should it change its loop, it polls
with its own, often, and everything works but for a little more CPU.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dbos import DBOS, DBOSClient
from dbos import _queue as library_queue

from jesignd.jobs import client
from jesignd.jobs.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
"""How late a job promised by another process is seen; ours are seen at once."""

_BUSY_POLL_SECONDS = 0.05
"""The same where nobody can be woken."""

_AGAIN_SECONDS = 1.0


class Line(NamedTuple):
    """A queue and the lane in it: what waits for what."""

    queue: str
    lane: str


class Polling:
    """The queues of this node: their limits, and the threads that look into them."""

    def __init__(self, database: client.Connected, *, workers: int, lanes: int) -> None:
        self._database = database
        self._workers = workers
        self._lanes = lanes
        self._wakes = {client.LINE: Wake(), client.DELIVERY: Wake()}
        self._threads: list[threading.Thread] = []
        self._own = loop_is_known()
        self._waiting: Counter[Line] = Counter()
        self._counting = threading.Lock()

    def prepare(self) -> None:
        """Store the limits, before the library is launched: it would begin with those stored by an earlier run."""
        registrar = DBOSClient(
            system_database_engine=cast("Any", self._database.engine_connections()),
            serializer=client.serializer(),
            application_name=client.APPLICATION,
            lazy=True,
        )
        pace = _POLL_SECONDS if self._own else _BUSY_POLL_SECONDS
        registrar.register_queue(client.LINE, worker_concurrency=self._workers, polling_interval_sec=pace)
        registrar.register_queue(
            client.DELIVERY, worker_concurrency=self._lanes, partition_worker_concurrency=1, polling_interval_sec=pace
        )
        registrar.destroy()

    def launch(self, instance: DBOS) -> None:
        """Launch the library, with our threads instead of its own where we can."""
        if self._own:
            DBOS.listen_queues([])
        DBOS.launch()
        if self._own:
            for name, wake in self._wakes.items():
                thread = threading.Thread(
                    target=self._keep_polling, args=(name, wake, instance), name=f"jobs-{name}", daemon=True
                )
                thread.start()
                self._threads.append(thread)

    def promised(self, lines: Iterable[Line]) -> None:
        """There may be work for these now."""
        lines = list(lines)
        with self._counting:
            self._waiting.update(lines)
        for queue in {line.queue for line in lines}:
            self._wakes[queue].nudge()

    def begun(self, line: Line) -> None:
        """One that waited here has been begun."""
        with self._counting:
            self._waiting[line] = max(0, self._waiting[line] - 1)

    def ended(self, line: Line) -> None:
        """There is room for another, if one waits; of those promised by other processes we do not know."""
        if self._waiting[line] > 0:
            self._wakes[line.queue].soon()

    def is_alive(self) -> bool:
        """Whether every thread of ours still asks."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self, seconds: float) -> None:
        """Ask no more; a thread that is asking just now has so long to end."""
        for wake in self._wakes.values():
            wake.set()
        for thread in self._threads:
            thread.join(seconds)

    def _keep_polling(self, name: str, wake: Wake, instance: DBOS) -> None:
        """The library's loop ends when its row of the queue is gone, and might one day by an error it forgot."""
        while not wake.is_set():
            try:
                queue = DBOS.retrieve_queue(name)
                if queue is None:
                    self.prepare()
                else:
                    library_queue.queue_worker_thread(cast("threading.Event", wake), instance, queue)
            except Exception as error:  # noqa: BLE001 - a line that stands still unseen is worse than any of them
                log.warning("stumbled queue=%s error=%s", name, type(error).__name__)
            wake.wait(_AGAIN_SECONDS)


def loop_is_known() -> bool:
    """Whether the library's polling loop is still the one that pauses on the event it is given (seen in 3.4)."""
    loop: Any = getattr(library_queue, "queue_worker_thread", None)
    return loop is not None and list(inspect.signature(loop).parameters) == ["stop_event", "dbos", "queue"]
