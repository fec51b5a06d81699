from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from jesignd.jobs.timers import Timers


@pytest.fixture
def timers() -> Iterator[Timers]:
    made = Timers()
    yield made
    made.stop()


def test_a_function_is_called_every_so_often(timers: Timers) -> None:
    ticked = threading.Semaphore(0)
    timers.every(0.05, "rescan", ticked.release)
    timers.start()
    for _ in range(3):
        assert ticked.acquire(timeout=5)


def test_a_failing_tick_is_told_without_what_it_says_and_tried_again(
    timers: Timers, caplog: pytest.LogCaptureFixture
) -> None:
    ticked = threading.Semaphore(0)

    def fail() -> None:
        ticked.release()
        raise OSError("/srv/paie/DUPONT.pdf")

    caplog.set_level(logging.INFO)
    timers.every(0.05, "rescan", fail)
    timers.start()
    for _ in range(3):
        assert ticked.acquire(timeout=5)
    timers.stop()
    assert "failed tick=rescan error=OSError" in caplog.text
    assert "DUPONT" not in caplog.text


def test_a_tick_never_runs_beside_itself_and_late_ones_are_made_up_for_once(timers: Timers) -> None:
    at_once, most, calls = 0, 0, 0
    lock = threading.Lock()

    def slow() -> None:
        nonlocal at_once, most, calls
        with lock:
            at_once, calls = at_once + 1, calls + 1
            most = max(most, at_once)
        time.sleep(0.2)
        with lock:
            at_once -= 1

    timers.every(0.02, "slow", slow)
    timers.start()
    time.sleep(0.9)
    timers.stop()
    assert most == 1
    assert 2 <= calls <= 6


def test_stopping_waits_for_the_tick_under_way(timers: Timers) -> None:
    began, ended = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        time.sleep(0.2)
        ended.set()

    timers.every(0.02, "slow", slow)
    timers.start()
    assert began.wait(5)
    timers.stop()
    assert ended.is_set()
    timers.stop()
