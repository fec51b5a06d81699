from __future__ import annotations

import threading
import time

from jesignd.jobs.wake import Wake


def test_pauses_grow_when_nothing_comes_but_never_beyond_the_pace() -> None:
    wake = Wake()
    began = time.monotonic()
    for _ in range(12):
        assert not wake.wait(0.05)
    assert 0.5 < time.monotonic() - began < 1


def test_room_that_comes_soon_is_looked_for_soon() -> None:
    wake = Wake()
    while wake.wait(0.4) or wake._pause_seconds < 0.4:
        pass
    threading.Timer(0.02, wake.soon).start()
    began = time.monotonic()
    wake.wait(5)
    wake.soon()
    wake.wait(5)
    assert time.monotonic() - began < 1


def test_a_nudge_ends_the_pause_and_makes_the_next_one_short() -> None:
    wake = Wake()
    for _ in range(12):
        wake.wait(0.05)
    threading.Timer(0.02, wake.nudge).start()
    began = time.monotonic()
    wake.wait(5)
    wake.wait(5)
    assert time.monotonic() - began < 1


def test_a_nudge_given_before_the_pause_is_not_lost() -> None:
    wake = Wake()
    for _ in range(12):
        wake.wait(0.05)
    wake.nudge()
    began = time.monotonic()
    assert not wake.wait(5)
    assert time.monotonic() - began < 0.5


def test_the_end_is_told_at_once_and_for_good() -> None:
    wake = Wake()
    assert not wake.is_set()
    threading.Timer(0.01, wake.set).start()
    while not wake.wait(5):
        pass
    assert wake.is_set()
    assert wake.wait(5)
