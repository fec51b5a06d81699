"""Run: the daemon's life in the foreground: ready, watchdog, reload, drain."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import queue
import signal
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING

from jesignd.daemon import logs
from jesignd.daemon.house import House
from jesignd.daemon.notify import Notifier
from jesignd.errors import JesignError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

DRAIN_SECONDS = 80.0
_TURN_SECONDS = 5.0
_ARENA_MAX = -8
"""`M_ARENA_MAX` of mallopt(3)."""


def run(config: Path, *, log_form: str = "text") -> None:
    """Run until told to stop (SIGTERM, SIGINT); SIGHUP reloads, SIGUSR1 rescans.

    Raises:
        SettingsError, DaemonUnreachable: it could not start.
    """
    logs.set_up(log_form)
    _share_memory()
    signals = _listen()
    notifier = Notifier()
    house = House(config, version=version("jesignd"))
    house.start()
    notifier.ready(house.status_line())
    _live(house, notifier, signals)
    notifier.stopping()
    house.stop(DRAIN_SECONDS)
    _leave()


def _leave() -> None:
    """End the process even if a step outlived its drain: it holds nothing any more, and is begun again at the start."""
    lingering = [thread.name for thread in threading.enumerate() if not thread.daemon]
    if len(lingering) > 1:
        log.warning("left behind threads=%d", len(lingering) - 1)
        logging.shutdown()
        os._exit(0)


def _share_memory() -> None:
    """Have glibc keep two heaps instead of eight a core: twenty threads would each keep what they once needed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def _listen() -> queue.SimpleQueue[int]:
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, lambda received, _frame: signals.put(received))
    return signals


def _live(house: House, notifier: Notifier, signals: queue.SimpleQueue[int]) -> None:
    turn = min(_TURN_SECONDS, notifier.watchdog_seconds or _TURN_SECONDS)
    while True:
        try:
            received = signals.get(timeout=turn)
        except queue.Empty:
            _feed(house, notifier)
            continue
        if received in {signal.SIGTERM, signal.SIGINT}:
            return
        if received == signal.SIGHUP:
            _reload(house, notifier)
        else:
            house.rescan()


def _feed(house: House, notifier: Notifier) -> None:
    """Say that we live, only if we do; otherwise the manager's watchdog restarts us."""
    try:
        alive = house.is_alive()
    except JesignError as error:
        log.error("not well: %s", error.message.en)
        return
    if alive:
        notifier.alive()
        notifier.status(house.status_line())


def _reload(house: House, notifier: Notifier) -> None:
    notifier.reloading()
    try:
        house.reload()
    except SettingsError as error:
        log.error("kept the former configuration: %s", error.message.en)
        for fault in error.faults:
            log.error("fault %s", fault.en)
    except JesignError as error:
        # The store or a folder did not do its part: what is not done yet is done by the timers.
        log.error("reloaded in part: %s", error.message.en)
    notifier.ready(house.status_line())
