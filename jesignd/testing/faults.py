"""Faults: kill a daemon, or have its disk fail, at exactly the n-th change it makes to a file.

Changes are counted over all threads and children together, in the order in which the kernel asks us about them, and
only where they concern files below one folder: a count means the same file operation from run to run, as far as
threads allow. See `faulty` for how the program is started.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import platform
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from jesignd.testing.faulty import CHANGING

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_CONTINUE = 1
_AT_FDCWD = -100
_NAMES = {number: name for name, number in CHANGING.get(platform.machine(), {}).items()}
_numbers = itertools.count()

# Positions of (directory descriptor, path) among the arguments; None: relative to the working directory.
_PATHS: dict[str, tuple[tuple[int | None, int], ...]] = {
    "open": ((None, 0),),
    "openat": ((0, 1),),
    "link": ((None, 0), (None, 1)),
    "linkat": ((0, 1), (2, 3)),
    "rename": ((None, 0), (None, 1)),
    "renameat": ((0, 1), (2, 3)),
    "renameat2": ((0, 1), (2, 3)),
    "unlink": ((None, 0),),
    "unlinkat": ((0, 1),),
    "rmdir": ((None, 0),),
    "mkdir": ((None, 0),),
    "mkdirat": ((0, 1),),
    "truncate": ((None, 0),),
}
_SECOND_DESCRIPTOR = {"copy_file_range": 2}
_FREEING = {"unlink", "unlinkat", "rmdir"}


class Kind(StrEnum):
    """What befalls the daemon."""

    KILL = "kill"
    """SIGKILL to it and all its children, before the call is made."""
    CHILD = "child"
    """SIGKILL to a child that makes the call, as when memory runs out; only calls of children count."""
    EIO = "eio"
    ENOSPC = "enospc"
    """Calls that free space do not count, and succeed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the `at`-th change (from 1) after arming."""

    kind: Kind
    at: int
    lasting: bool = False
    """It happens at every one after too, until it is lifted."""
    among: str = ""
    """Regular expression on the paths below the root: only these changes count."""


class Change(NamedTuple):
    """A call that changes files: its name, the files, and whether a child made it."""

    call: str
    paths: tuple[str, ...]
    by_child: bool

    def __str__(self) -> str:
        return f"{self.call}({', '.join(self.paths)}){' in a child' if self.by_child else ''}"


@dataclass
class Faults:
    """Watches what is started through `command`, until `close`. Changes outside `root` are never touched."""

    root: Path
    ignored: tuple[str, ...] = ("journal.log",)
    """Names of files whose changes do not count."""
    seen: list[Change] = field(default_factory=list, init=False)
    """The changes counted since arming."""
    fired: Change | None = field(default=None, init=False)
    """Where the armed fault first struck."""

    def __post_init__(self) -> None:
        self._name = f"jesignd-faults-{os.getpid()}-{next(_numbers)}"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind("\0" + self._name)
        self._server.listen()
        self._fault: Fault | None = None
        self._counts = 0
        self._root = os.fsencode(self.root.resolve())
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def command(self) -> tuple[str, ...]:
        """What stands in front of the program to be watched."""
        return (sys.executable, "-m", "jesignd.testing.faulty", self._name)

    def arm(self, fault: Fault | None) -> None:
        """Count from now on, and strike as the fault says; None only counts."""
        self._fault, self._counts, self.fired, self.seen = fault, 0, None, []

    def lift(self) -> None:
        """Let everything succeed again."""
        self._fault = None

    def close(self) -> None:
        """Watch nobody new."""
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                program, _ = self._server.accept()
                _, (listener, *_), _, _ = socket.recv_fds(program, 1, 1)
                credentials = program.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                threading.Thread(
                    target=self._serve, args=(listener, struct.unpack("3i", credentials)[0]), daemon=True
                ).start()
                program.send(b".")
                program.close()

    def _serve(self, listener: int, program: int) -> None:
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        try:
            while not poll.poll()[0][1] & select.POLLHUP:
                asked = bytearray(_NOTIFICATION.size)
                try:
                    fcntl.ioctl(listener, _RECEIVE, asked)
                except OSError as error:
                    if error.errno in {errno.ENOENT, errno.EINTR}:  # it died while it was asking
                        continue
                    raise
                number, thread, _, call, _, _, *arguments = _NOTIFICATION.unpack(asked)
                failure = self._judge(program, thread, _NAMES[call], arguments)
                answer = _ANSWER.pack(number, 0, -failure, 0 if failure else _CONTINUE)
                with contextlib.suppress(OSError):
                    fcntl.ioctl(listener, _SEND, answer)
        finally:
            os.close(listener)

    def _judge(self, program: int, thread: int, call: str, arguments: list[int]) -> int:
        """The errno with which the call fails; 0: it is made."""
        paths = _paths(thread, call, arguments)
        if not any(self._is_ours(path) for path in paths):
            return 0
        by_child = not Path(f"/proc/{program}/task/{thread}").exists()
        change = Change(call, tuple(os.fsdecode(path.removeprefix(self._root + b"/")) for path in paths), by_child)
        fault = self._fault
        if fault is not None and not _concerns(fault, change):
            return 0
        self._counts += 1
        self.seen.append(change)
        if fault is None or self._counts < fault.at or (self._counts > fault.at and not fault.lasting):
            return 0
        self.fired = self.fired or change
        if fault.kind is Kind.KILL:
            kill_tree(program)
        elif fault.kind is Kind.CHILD:
            os.kill(_process_of(thread), signal.SIGKILL)
        return {Kind.EIO: errno.EIO, Kind.ENOSPC: errno.ENOSPC}.get(fault.kind, 0)

    def _is_ours(self, path: bytes) -> bool:
        return path.startswith(self._root + b"/") and os.fsdecode(path.rpartition(b"/")[2]) not in self.ignored


def kill_tree(program: int) -> None:
    """Kill a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    doomed = [program]
    for process in doomed:
        doomed += parents.get(process, [])
    for process in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def is_possible() -> bool:
    """Whether this machine can do it: Linux 5.9 or later, an architecture we know, and nobody forbids it."""
    if not _NAMES:
        return False
    faults = Faults(Path("/nowhere"))
    try:
        return subprocess.run([*faults.command, "true"], capture_output=True, check=False, timeout=60).returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        faults.close()


def _concerns(fault: Fault, change: Change) -> bool:
    if fault.kind is Kind.CHILD and not change.by_child:
        return False
    if fault.kind is Kind.ENOSPC and change.call in _FREEING:
        return False
    return any(re.search(fault.among, path) for path in change.paths)


def _process_of(thread: int) -> int:
    found = re.search(r"^Tgid:\s*(\d+)", Path(f"/proc/{thread}/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else thread


def _paths(thread: int, call: str, arguments: list[int]) -> list[bytes]:
    if call not in _PATHS:
        return [_link(f"/proc/{thread}/fd/{_signed(arguments[_SECOND_DESCRIPTOR.get(call, 0)])}")]
    found: list[bytes] = []
    for position, path in _PATHS[call]:
        directory = _AT_FDCWD if position is None else _signed(arguments[position])
        name = _string(thread, arguments[path])
        if inner := re.fullmatch(rb"/proc/(?:self|thread-self)/fd/(\d+)(/.*)?", name, re.DOTALL):
            name = _link(f"/proc/{thread}/fd/{int(inner[1])}") + (inner[2] or b"")
        elif not name.startswith(b"/"):
            link = f"/proc/{thread}/cwd" if directory == _AT_FDCWD else f"/proc/{thread}/fd/{directory}"
            name = _link(link) + b"/" + name
        found.append(name)
    return found


def _signed(argument: int) -> int:
    return struct.unpack("=i", struct.pack("=I", argument & 0xFFFFFFFF))[0]  # type: ignore[no-any-return]


def _link(link: str) -> bytes:
    """What the descriptor points at; nothing when it is gone."""
    with contextlib.suppress(OSError):
        return os.fsencode(Path(link).readlink())
    return b""


def _string(thread: int, address: int) -> bytes:
    read = b""
    with contextlib.suppress(OSError, OverflowError), Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        while b"\0" not in read and len(read) < 4096 and (more := memory.read(256 - (address + len(read)) % 256)):
            read += more
    return read.partition(b"\0")[0]
