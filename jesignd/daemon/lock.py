"""Lock: one daemon a state directory; the second refuses to start, and says who holds it."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from jesignd.errors import DaemonUnreachable, Words

if TYPE_CHECKING:
    from pathlib import Path


class StateLock:
    """Holds the state directory until the process ends; the kernel lets go of it, however it ends."""

    def __init__(self, state: Path) -> None:
        self._path = state / "daemon.lock"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "?"
            os.close(self._descriptor)
            raise DaemonUnreachable(
                Words(
                    f"un autre jesignd (processus {holder}) utilise déjà {state}",
                    f"another jesignd (process {holder}) uses {state} already",
                ),
                hint=Words(
                    "arrêtez-le, ou donnez à celui-ci un autre dossier d’état (storage.state)",
                    "stop it, or give this one another state directory (storage.state)",
                ),
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let another daemon have the directory."""
        os.close(self._descriptor)


def is_running(state: Path) -> bool:
    """Whether a daemon holds this state directory now."""
    try:
        descriptor = os.open(state / "daemon.lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
