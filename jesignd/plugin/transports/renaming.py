"""Renaming: give a file its name without replacing, also where there are no hard links (SMB, FAT)."""

from __future__ import annotations

import ctypes
import errno
import os
from typing import TYPE_CHECKING

from jesignd import durable

if TYPE_CHECKING:
    from pathlib import Path

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_libc = ctypes.CDLL(None, use_errno=True)


def reveal(temporary: Path, final: Path) -> bool:
    """Give the temporary file its final name, unless somebody has it: True when this call gave it."""
    try:
        return durable.reveal(temporary, final)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
    return rename_without_replacing(temporary, final)


def rename_without_replacing(temporary: Path, final: Path) -> bool:
    """The same by renameat2(2); the temporary name is gone afterwards in both cases."""
    if _libc.renameat2(_AT_FDCWD, os.fsencode(temporary), _AT_FDCWD, os.fsencode(final), _RENAME_NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number != errno.EEXIST:
        raise OSError(number, os.strerror(number), str(final))
    temporary.unlink()
    return False
