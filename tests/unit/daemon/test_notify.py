"""What the service manager hears, over its real kind of socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jesignd.daemon.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def heard(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], str]]:
    """The next message."""
    name = f"\0jesignd-{tmp_path.name}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name)
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        yield lambda: manager.recv(4096).decode()


def test_each_state_is_told_in_the_managers_words(heard: Callable[[], str]):
    notifier = Notifier()
    before = time.monotonic_ns() // 1000

    notifier.ready("2/2 dossiers surveillés")
    notifier.alive()
    notifier.status("1/2 dossiers surveillés")
    notifier.reloading()
    notifier.stopping()

    assert heard() == "READY=1\nSTATUS=2/2 dossiers surveillés"
    assert heard() == "WATCHDOG=1"
    assert heard() == "STATUS=1/2 dossiers surveillés"
    reloading, stamp = heard().split("\n")
    assert reloading == "RELOADING=1"
    assert before <= int(stamp.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000
    assert heard() == "STOPPING=1"


def test_without_a_manager_nothing_is_said_and_nothing_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    notifier = Notifier()

    notifier.ready("prêt")
    assert notifier.watchdog_seconds is None


def test_a_manager_that_went_away_is_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))

    Notifier().alive()


def test_a_manager_that_does_not_listen_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notifier, line = Notifier(), "x" * 100_000
        began = time.monotonic()
        while time.monotonic() < began + 1.0:
            notifier.status(line)

        notifier.stopping()

        assert time.monotonic() < began + 10


@pytest.mark.parametrize(("told", "half"), [("60000000", 30.0), ("1000000", 0.5), ("", None), ("soon", None)])
def test_the_watchdog_is_fed_twice_in_its_time(monkeypatch: pytest.MonkeyPatch, told: str, half: float | None):
    monkeypatch.setenv("WATCHDOG_USEC", told)

    assert Notifier().watchdog_seconds == half
