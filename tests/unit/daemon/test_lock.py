"""One daemon a state directory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jesignd.daemon.lock import StateLock, is_running
from jesignd.errors import DaemonUnreachable

HOLDER = """
import sys, time
from pathlib import Path
from jesignd.daemon.lock import StateLock
lock = StateLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_refuses_and_says_who_holds_it_and_what_to_do(tmp_path: Path):
    lock = StateLock(tmp_path)
    assert is_running(tmp_path)

    with pytest.raises(DaemonUnreachable) as refused:
        StateLock(tmp_path)

    assert refused.value.exit_code == 69
    assert str(os.getpid()) in refused.value.message.fr
    assert str(tmp_path) in refused.value.message.fr
    assert refused.value.hint is not None
    assert "storage.state" in refused.value.hint.fr
    lock.release()
    StateLock(tmp_path).release()
    assert not is_running(tmp_path)


def test_a_daemon_that_was_killed_holds_nothing(tmp_path: Path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert is_running(tmp_path)
        with pytest.raises(DaemonUnreachable, match=str(holder.pid)):
            StateLock(tmp_path)
        holder.send_signal(signal.SIGKILL)

    assert not is_running(tmp_path)
    StateLock(tmp_path).release()


def test_a_file_left_by_a_former_daemon_is_no_lock(tmp_path: Path):
    (tmp_path / "daemon.lock").write_text("1\n")

    assert not is_running(tmp_path)
    StateLock(tmp_path).release()
    assert (tmp_path / "daemon.lock").read_text() == f"{os.getpid()}\n"


def test_where_no_daemon_ever_ran_none_runs(tmp_path: Path):
    assert not is_running(tmp_path)
