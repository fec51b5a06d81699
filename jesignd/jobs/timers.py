"""Timers: ticks, and nothing else. A tick looks for what is due and promises it; one missed or doubled does no harm."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

_THREADS = 6


class Timers:
    """Calls functions every so often, in threads of this process; each never twice at once."""

    def __init__(self) -> None:
        # Ticks are declared from code at each start and stored nowhere: a list shared by two machines ticks twice.
        # A late tick is made up for once, not dropped (the library's default) nor repeated.
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name in ("apscheduler.scheduler", "apscheduler.executors.default"):
            logging.getLogger(name).setLevel(logging.ERROR)

    def every(self, seconds: float, name: str, function: Callable[[], object]) -> None:
        """Call the function every so many seconds, first one span from now; a failure is told and survived."""

        def tick() -> None:
            try:
                function()
            except Exception as error:
                log.error("failed tick=%s error=%s", name, type(error).__name__)
                log.debug("failed tick=%s", name, exc_info=error)

        self._scheduler.add_job(tick, "interval", seconds=seconds, id=name, name=name, replace_existing=True)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more, once the ticks under way are done."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
