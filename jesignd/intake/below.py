"""Below: open and move names under a directory that others write to, without ever leaving it.

Threat: whoever may write in the hot folder swaps a name for a link between two of our system calls. Every step here
starts from a directory held open and follows no link (openat2 `RESOLVE_BENEATH`, or name by name where the kernel or a
sandbox refuses it). What stays possible: a bind mount inside the folder, which only root can make.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.domain.folders import WatchedFolder

FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
DIRECTORY = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC

_SYS_OPENAT2 = 437  # the same on every architecture
_NO_SYMLINKS, _BENEATH = 0x04, 0x08
_NOREPLACE = 1
_REFUSED_CALL = {errno.ENOSYS, errno.EPERM, errno.E2BIG, errno.EINVAL, errno.EAGAIN}
_NO_SUCH_RENAME = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}
_NO_SUCH_LINK = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}

_libc = ctypes.CDLL(None, use_errno=True)


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


class RootLost(Exception):
    """The watched folder itself cannot be opened."""


@contextmanager
def root_of(folder: WatchedFolder) -> Iterator[int]:
    """The folder's own directory, held open; its configured path may itself be a link, what is below may not.

    Raises:
        RootLost: it cannot be opened.
    """
    try:
        descriptor = os.open(folder.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise RootLost(error.strerror) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_below(root: int, listed_path: str, flags: int = FILE) -> int:
    """Open a path below the root, following no link in any of its components.

    Raises:
        OSError: ELOOP or ENOTDIR where a link stands in the way, EXDEV for a path that leads out.
    """
    descriptor = _openat2(root, listed_path, flags)
    return _step_by_step(root, listed_path, flags) if descriptor is None else descriptor


def _openat2(root: int, listed_path: str, flags: int) -> int | None:
    how = _How(flags, 0, _NO_SYMLINKS | _BENEATH)
    path = os.fsencode(listed_path or ".")
    descriptor = int(
        _libc.syscall(
            ctypes.c_long(_SYS_OPENAT2),
            ctypes.c_int(root),
            ctypes.c_char_p(path),
            ctypes.byref(how),
            ctypes.c_size_t(ctypes.sizeof(how)),
        )
    )
    if descriptor >= 0:
        return descriptor
    number = ctypes.get_errno()
    if number in _REFUSED_CALL:
        return None
    raise OSError(number, os.strerror(number))


def _step_by_step(root: int, listed_path: str, flags: int) -> int:
    here = os.dup(root)
    *parents, last = (listed_path or ".").split("/")
    try:
        for part in parents:
            _refuse_way_out(part)
            following = os.open(part, DIRECTORY, dir_fd=here)
            os.close(here)
            here = following
        _refuse_way_out(last)
        return os.open(last, flags, dir_fd=here)
    finally:
        os.close(here)


def _refuse_way_out(part: str) -> None:
    if part in {"", ".."}:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


@contextmanager
def parent_of(root: int, listed_path: str) -> Iterator[tuple[int, str]]:
    """The directory that holds this path, held open, and the name in it."""
    parent, _, name = listed_path.rpartition("/")
    descriptor = open_below(root, parent, DIRECTORY)
    try:
        yield descriptor, name
    finally:
        os.close(descriptor)


def make_directories_below(root: int, listed_path: str) -> int:
    """The directory of this path below the root, held open; made where it is missing, durably."""
    here = os.dup(root)
    for part in filter(None, listed_path.split("/")):
        try:
            try:
                os.mkdir(part, 0o750, dir_fd=here)
                os.fsync(here)
            except FileExistsError:
                pass
            following = os.open(part, DIRECTORY, dir_fd=here)
        finally:
            os.close(here)
        here = following
    return here


def rename_without_replacing(source: tuple[int, str], target: tuple[int, str]) -> None:
    """Rename (directory, name) to (directory, name) unless the target exists.

    Where the file system knows neither `RENAME_NOREPLACE` nor hard links (old CIFS), a check precedes a plain rename:
    the only case in which two writers of the same archive name could meet.

    Raises:
        FileExistsError: the target is there; nothing moved.
    """
    old, new = os.fsencode(source[1]), os.fsencode(target[1])
    if _libc.renameat2(source[0], ctypes.c_char_p(old), target[0], ctypes.c_char_p(new), _NOREPLACE) == 0:
        return
    number = ctypes.get_errno()
    if number not in _NO_SUCH_RENAME:
        raise OSError(number, os.strerror(number))
    try:
        os.link(source[1], target[1], src_dir_fd=source[0], dst_dir_fd=target[0], follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_SUCH_LINK:
            raise
        _rename_where_nobody_is(source, target)
    else:
        os.unlink(source[1], dir_fd=source[0])


def _rename_where_nobody_is(source: tuple[int, str], target: tuple[int, str]) -> None:
    try:
        os.stat(target[1], dir_fd=target[0], follow_symlinks=False)
    except FileNotFoundError:
        os.rename(source[1], target[1], src_dir_fd=source[0], dst_dir_fd=target[0])
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def read_small(root: int, listed_path: str, limit: int) -> tuple[bytes, os.stat_result]:
    """The whole of a small regular file and what it was while it was read.

    Raises:
        OSError: EINVAL when it is no regular file, EFBIG above `limit` bytes, EBUSY when it changed meanwhile.
    """
    descriptor = open_below(root, listed_path)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        if before.st_size > limit:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        data = _read_up_to(descriptor, limit + 1)
        after = os.fstat(descriptor)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(data) != after.st_size:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return data, after
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while left > 0 and (block := os.read(descriptor, min(left, 1 << 20))):
        parts.append(block)
        left -= len(block)
    return b"".join(parts)
