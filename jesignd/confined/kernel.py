"""Kernel: what a child gives up before it touches anything foreign.

Threat: a hostile PDF or a careless plugin takes over the child. Rule: it then finds no key, no network, no other
program to start, no other process to signal, and a ceiling on memory, time and file size. Residual risk: it can still
read and write files its user can; the unit's `ProtectSystem=strict` and the state directory's modes bound that.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jesignd.confined.contract import Limits

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_CLONE_THREAD = 0x00010000
_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_SYSCALL_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


class _Numbers(NamedTuple):
    """System call numbers of one architecture; `refused` always fail, the others are looked into."""

    audit: int
    refused: tuple[int, ...]
    clone: int
    clone3: int
    aimed: tuple[int, ...]
    """kill and tgkill: only at oneself."""


# socket connect bind listen accept accept4 sendto sendmsg · fork vfork execve execveat · ptrace process_vm_readv/writev
# pidfd_open pidfd_send_signal · tkill · unshare setns mount · io_uring_setup bpf
_NUMBERS = {
    "x86_64": _Numbers(
        0xC000003E,
        (41, 42, 49, 50, 43, 288, 57, 58, 59, 322, 101, 310, 311, 434, 424, 200, 272, 308, 165, 425, 321),
        56,
        435,
        (62, 234),
    ),
    "aarch64": _Numbers(
        0xC00000B7,
        (198, 203, 200, 201, 202, 242, 221, 281, 117, 270, 271, 434, 424, 130, 97, 268, 40, 425, 280),
        220,
        435,
        (129, 131),
    ),
}


def surrender(limits: Limits) -> bool:
    """Give up rights for good; whether the system-call filter is in force (it is not on an unknown architecture)."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return _install_filter(libc)


def allow_cpu(seconds: int) -> None:
    """Give the process this many CPU seconds from now; then it is killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ceiling = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (ceiling, resource.RLIM_INFINITY))


def _install_filter(libc: ctypes.CDLL) -> bool:
    numbers = _NUMBERS.get(platform.machine())
    if numbers is None:
        return False
    program = b"".join(struct.pack("=HBBI", *step) for step in _program(numbers, os.getpid()))
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    descriptor = Program(len(program) // 8, ctypes.addressof(buffer))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(descriptor), 0, 0) == 0)


def _program(numbers: _Numbers, own_pid: int) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, operand) steps of classic BPF; see seccomp(2)."""
    steps: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, numbers.audit),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_LOAD, 0, 0, _SYSCALL_NUMBER),
    ]
    for number in numbers.refused:
        steps += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    # glibc falls back to clone, whose flags can be looked at, when clone3 does not exist.
    steps += [(_JUMP_EQUAL, 0, 1, numbers.clone3), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    steps += [
        (_JUMP_EQUAL, 0, 4, numbers.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_SET, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    for number in numbers.aimed:
        steps += [
            (_JUMP_EQUAL, 0, 4, number),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_JUMP_EQUAL, 1, 0, own_pid),
            (_RETURN, 0, 0, _ERRNO | _EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ]
    return [*steps, (_RETURN, 0, 0, _ALLOW)]
