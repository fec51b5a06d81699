"""Child: the real daemon, started as an operator would, which says itself when it is ready."""

from __future__ import annotations

import datetime
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import DaemonUnreachable, Words

if TYPE_CHECKING:
    from types import TracebackType

START_SECONDS = 90.0
STOP_SECONDS = 60.0


class Daemon:
    """`jesignd run` on this configuration; stopped at the end of the `with`."""

    def __init__(self, config: Path, log: Path) -> None:
        self._config = config
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.ready_at: datetime.datetime | None = None
        self.exit_code: int | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is ready.

        Raises:
            DaemonUnreachable: it ended, or said nothing in time; the end of its log is in the message.
        """
        with tempfile.TemporaryDirectory(prefix="jesignd-") as folder:
            address = str(Path(folder) / "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as listener:
                listener.bind(address)
                self._process = self._spawn(address)
                try:
                    self._await_ready(listener)
                except BaseException:
                    self.stop()
                    raise

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process; nobody else is given this number before we have waited for its end."""
        return self._process.pid if self._process is not None else 0

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ask it to finish what is in hand and wait; its code is in `exit_code` afterwards."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self.exit_code = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.exit_code = self._process.wait()

    def last_words(self) -> str:
        """The end of what it wrote, for people who must find out why it went."""
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-15:])

    def _spawn(self, address: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "jesignd", "-c", str(self._config), "run"]
        environment = {**os.environ, "NOTIFY_SOCKET": address}
        with self._log.open("ab") as log:
            # Its own session: Ctrl-C is for us, and we then stop it properly.
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    def _await_ready(self, listener: socket.socket) -> None:
        listener.settimeout(0.2)
        until = time.monotonic() + START_SECONDS
        while self.is_running and time.monotonic() < until:
            try:
                if b"READY=1" in listener.recv(4096).split(b"\n"):
                    self.ready_at = datetime.datetime.now(datetime.UTC)
                    return
            except TimeoutError:
                continue
        raise DaemonUnreachable(
            Words(
                f"le démon n’a pas démarré ; fin de son journal :\n{self.last_words()}",
                f"the daemon did not start; the end of its log:\n{self.last_words()}",
            ),
            hint=Words(f"voyez {self._log}", f"see {self._log}"),
        )
