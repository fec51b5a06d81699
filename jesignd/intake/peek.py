"""Peek: read the little that settling needs of a file in the hot folder, without claiming it."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from jesignd.intake import below, lots
from jesignd.intake.shape import KIBIBYTE, Shape, shape

if TYPE_CHECKING:
    from jesignd.domain.folders import WatchedFolder
    from jesignd.intake.scan import Entry

_HELD = {errno.EACCES, errno.EBUSY, errno.EPERM, errno.EAGAIN, errno.EIO, errno.ETXTBSY, errno.EDEADLK}


def shape_of(folder: WatchedFolder, entry: Entry) -> Shape:
    """What the two ends of the file say; a file that is no longer the one listed counts as not finished."""
    try:
        with below.root_of(folder) as root:
            descriptor = below.open_below(root, entry.listed_path)
            try:
                return _shape(descriptor, entry)
            finally:
                os.close(descriptor)
    except below.RootLost:
        return Shape.UNREADABLE
    except OSError as error:
        return Shape.UNREADABLE if error.errno in _HELD else Shape.TRUNCATED


def _shape(descriptor: int, entry: Entry) -> Shape:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (found.st_size, found.st_mtime_ns, found.st_ino) != entry.sample[:3]:
        return Shape.TRUNCATED
    head = os.pread(descriptor, KIBIBYTE, 0)
    tail = os.pread(descriptor, KIBIBYTE, max(0, found.st_size - KIBIBYTE))
    return shape(head, tail, found.st_size)


def read_index(folder: WatchedFolder, entry: Entry) -> bytes | None:
    """The bytes of an index or its end marker; None when it cannot be read now or is no longer the one listed."""
    try:
        with below.root_of(folder) as root:
            data, found = below.read_small(root, entry.listed_path, lots.LARGEST_INDEX)
    except (OSError, below.RootLost):
        return None
    return data if (found.st_size, found.st_mtime_ns, found.st_ino) == entry.sample[:3] else None
