"""Faulty: start a program all of whose system calls that change files are first shown to whoever injects faults.

    python -m jesignd.testing.faulty NAME PROGRAM [ARGUMENT…]

NAME is an abstract Unix socket on which the watcher (see `faults`) waits for the kernel's notifications
(seccomp_unotify(2)). They cover every thread and child, also those that confine themselves further later.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import sys

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

# fmt: off
CHANGING: dict[str, dict[str, int]] = {
    "x86_64": {
        "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296, "pwritev2": 328, "fsync": 74, "fdatasync": 75,
        "syncfs": 306, "link": 86, "linkat": 265, "rename": 82, "renameat": 264, "renameat2": 316, "unlink": 87,
        "unlinkat": 263, "rmdir": 84, "mkdir": 83, "mkdirat": 258, "ftruncate": 77, "truncate": 76, "fallocate": 285,
        "open": 2, "openat": 257, "copy_file_range": 326, "sendfile": 40,
    },
    "aarch64": {
        "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "pwritev2": 287, "fsync": 82, "fdatasync": 83,
        "syncfs": 267, "linkat": 37, "renameat": 38, "renameat2": 276, "unlinkat": 35, "mkdirat": 34, "ftruncate": 46,
        "truncate": 45, "fallocate": 47, "openat": 56, "copy_file_range": 285, "sendfile": 71,
    },
}
"""Numbers of the calls that change files; opening counts only when it may create or empty one."""
# fmt: on

_OPENING = {"open": 1, "openat": 2}
"""Which argument holds the flags."""
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}


def main() -> None:
    """Hand the notifications to the watcher, then become the program."""
    name, *command = sys.argv[1:]
    with socket.socket(socket.AF_UNIX) as watcher:
        watcher.connect("\0" + name)
        listener = _install(platform.machine())
        socket.send_fds(watcher, [b"."], [listener])
        os.close(listener)
        watcher.recv(1)
    os.execvp(command[0], command)  # noqa: S606


def _install(machine: str) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    program = b"".join(struct.pack("=HBBI", *step) for step in _program(machine))
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    described = Program(len(program) // 8, ctypes.addressof(buffer))
    listener: int = libc.syscall(_SECCOMP[machine], _SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(described))
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "seccomp")
    return listener


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_JUMP_EQUAL, 1, 0, _AUDIT[machine]), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_LOAD, 0, 0, _NUMBER))
    for name, number in CHANGING[machine].items():
        if name in _OPENING:
            steps += [
                (_JUMP_EQUAL, 0, 4, number),
                (_LOAD, 0, 0, _ARGUMENTS + 8 * _OPENING[name]),
                (_JUMP_SET, 0, 1, os.O_CREAT | os.O_TRUNC),
                (_RETURN, 0, 0, _NOTIFY),
                (_RETURN, 0, 0, _ALLOW),
            ]
        else:
            steps += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _NOTIFY)]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


if __name__ == "__main__":
    main()
