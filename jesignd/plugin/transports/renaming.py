"""Renaming: give a file a name nobody has, also where there are no hard links (SMB, FAT).

Unlike `durable.reveal`, the temporary file stays when the name is taken, so that another name can be tried.
"""

from __future__ import annotations

import ctypes
import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_libc = ctypes.CDLL(None, use_errno=True)


def take_name(temporary: Path, final: Path) -> bool:
    """Give the temporary file its final name, unless somebody has it: True when this call gave it."""
    try:
        os.link(temporary, final, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        return rename_without_replacing(temporary, final)
    temporary.unlink()
    return True


def rename_without_replacing(temporary: Path, final: Path) -> bool:
    """The same by renameat2(2)."""
    if _libc.renameat2(_AT_FDCWD, os.fsencode(temporary), _AT_FDCWD, os.fsencode(final), _RENAME_NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number != errno.EEXIST:
        raise OSError(number, os.strerror(number), str(final))
    return False
