"""Durable: the only ways in which this project puts a file where others may see it.

A file appears whole or not at all, never over another, and survives a power cut once the call has returned. One failed
fsync means the page cache can no longer be believed: it is raised, never retried (ATC '20, "Can Applications Recover
from fsync Failures?").
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import secrets
from typing import TYPE_CHECKING

from jesignd.domain.documents import Digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

_BLOCK = 1 << 20
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_libc = ctypes.CDLL(None, use_errno=True)


def temporary_beside(final: Path) -> Path:
    """A hidden name nobody else uses, in the folder where the file is to appear."""
    return final.parent / f".jesignd-{secrets.token_hex(8)}.part"


def temporary_for(final: Path, digest: Digest) -> Path:
    """The one hidden name under which these bytes are prepared for that name: what a crash left is found again."""
    whole = final.name.encode("utf-8", "surrogateescape") + b"\0" + digest.encode()
    return final.parent / f".jesignd-{hashlib.sha256(whole).hexdigest()[:24]}.part"


def fsync_directory(directory: Path) -> None:
    """Make the names in this directory survive a power cut; SMB has no such call, and answers EINVAL."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def make_directories(directory: Path, mode: int = 0o700) -> None:
    """Create the directory and its missing parents, so that they survive a power cut."""
    missing: list[Path] = []
    here = directory
    while not here.exists():
        missing.append(here)
        here = here.parent
    for path in reversed(missing):
        path.mkdir(mode=mode, exist_ok=True)
        fsync_directory(path.parent)


def write_temporary(temporary: Path, chunks: Iterable[bytes], mode: int = 0o600) -> tuple[Digest, int]:
    """Write a new file and return its digest and size; it is not yet on the disk for good (see `sync`)."""
    digest = hashlib.sha256()
    size = 0
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return Digest(digest.hexdigest()), size


def sync(paths: Sequence[Path]) -> None:
    """Make the contents of these files, all on one file system, survive a power cut.

    From three files on, one `syncfs` costs less than a flush each (measured: half); its errors count like theirs.
    """
    if len(paths) > 2:
        _sync_file_system(paths[0].parent)
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_names(directories: Collection[Path]) -> None:
    """Make the names in these directories, all on one file system, survive a power cut.

    Each directory flushed by itself is a commit of the file system's journal: 57 of them took 270 ms on a busy disk
    where one `syncfs` took 7.
    """
    if len(directories) > 2:
        _sync_file_system(next(iter(directories)))
        return
    for directory in directories:
        fsync_directory(directory)


def _sync_file_system(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if _libc.syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(directory))
    finally:
        os.close(descriptor)


def reveal(temporary: Path, final: Path) -> bool:
    """Give a synced temporary file its final name, unless somebody has it: True when this call gave it.

    The temporary name is gone afterwards in both cases. The directory still needs `fsync_directory`.
    """
    given = take_name(temporary, final)
    temporary.unlink(missing_ok=True)
    return given


def take_name(temporary: Path, final: Path) -> bool:
    """The same, but the temporary file stays when the name is taken, so that another can be tried.

    Where there are no hard links (SMB, FAT) it is renamed.
    """
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
    source, target = os.fsencode(temporary), os.fsencode(final)
    if _libc.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number != errno.EEXIST:
        raise OSError(number, os.strerror(number), str(final))
    return False


def write_new(
    final: Path, chunks: Iterable[bytes], mode: int = 0o600, *, temporary: Path | None = None
) -> tuple[Digest, int]:
    """Write one file durably under a name that was free; returns its digest and size.

    Where nobody sweeps up after a crash, `temporary` is a name of ours alone (`temporary_for`).

    Raises:
        FileExistsError: the name is taken; what stands there is untouched.
    """
    if temporary is None:
        temporary = temporary_beside(final)
    else:
        temporary.unlink(missing_ok=True)
    try:
        digest, size = write_temporary(temporary, chunks, mode)
        sync([temporary])
        if not reveal(temporary, final):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final))
    finally:
        temporary.unlink(missing_ok=True)
    fsync_directory(final.parent)
    return digest, size


def digest_of(path: Path) -> tuple[Digest, int]:
    """SHA-256 and size of a file, read in blocks; a symbolic link is an error."""
    digest = hashlib.sha256()
    size = 0
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Digest(digest.hexdigest()), size
