"""Process tree: CPU and memory of a process and everything below it, from /proc."""

from __future__ import annotations

import os
import threading
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(process: int) -> list[str] | None:
    """The fields of /proc/N/stat after the name, from the state (field 3) on."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(root: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))) is not None:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting.extend(children.get(one, ()))
    return found


def cpu_seconds(process: int) -> float:
    """Of all its threads, and of the children it has buried."""
    fields = _stat(process)
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / _TICK if fields else 0.0


def resident_bytes(process: int) -> int:
    """What it has in memory, pages it shares with others included."""
    fields = _stat(process)
    return int(fields[21]) * _PAGE if fields else 0


def proportional_bytes(process: int) -> int:
    """The same with each shared page divided among those who share it."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))


class Watch:
    """Looks at a process tree a few times a second until `stop`."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._ended = threading.Event()
        self.peak_resident = 0
        self.peak_proportional = 0
        self.begun = self._cpu()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds(self._root), sum(map(cpu_seconds, tree(self._root)[1:]))

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            processes = tree(self._root)
            self.peak_resident = max(self.peak_resident, sum(map(resident_bytes, processes)))
            self.peak_proportional = max(self.peak_proportional, sum(map(proportional_bytes, processes)))

    def spent(self) -> tuple[float, float]:
        """CPU seconds since the beginning: of the daemon itself, of its children."""
        own, children = self._cpu()
        return own - self.begun[0], children - self.begun[1]

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()
