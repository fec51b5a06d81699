"""Clear: what becomes of the source once its document is delivered: left, archived or deleted, never by mistake.

The source is first renamed to a hidden name derived from the document's id, then checked, then archived or deleted: a
file that took its place in between is never touched, and a kill between any two steps is finished by the next call.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jesignd import durable
from jesignd.domain import text
from jesignd.domain.documents import Claimed, CompanionRole, Digest
from jesignd.domain.folders import SourcePolicy
from jesignd.errors import ServiceError, Words
from jesignd.intake import below, names, scan
from jesignd.intake.bundles import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.domain.folders import WatchedFolder

_BLOCK = 1 << 20
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


class Cleared(StrEnum):
    """What became of the source."""

    LEFT = "left"
    """By policy."""
    ARCHIVED = "archived"
    DELETED = "deleted"
    CHANGED = "changed"
    """Other bytes stand there now; they were left for the next look."""
    GONE = "gone"
    """Somebody took it away; nothing was left to do."""


class _Source(NamedTuple):
    """A file to clear. `aside` is the hidden name it passes through."""

    listed_path: str
    digest: Digest
    aside: str
    identity: tuple[int, int, int] | None
    """Size, time and inode as claimed, where they are known."""


def clear(folder: WatchedFolder, claimed: Claimed) -> Cleared:
    """Apply the folder's policy to a delivered document's source; calling it again changes nothing more.

    Its sidecar and marker follow it unless another document needs them; indexes and lists of people never do.

    Raises:
        ServiceError: the folder or its archive cannot be reached or written now.
    """
    if folder.after is SourcePolicy.LEAVE:
        return Cleared.LEFT
    if (offline := scan.prove(folder)) is not None:
        raise ServiceError(offline, document=claimed.id)  # an unmounted share is empty: nothing would seem left to do
    try:
        with below.root_of(folder) as root:
            identity = (claimed.size, claimed.mtime_ns, claimed.inode)
            aside = f".jesignd-{claimed.id}.cleared"
            outcome = _clear_one(folder, root, _Source(claimed.listed_path, claimed.digest, aside, identity))
            if outcome is not Cleared.CHANGED:
                _clear_companions(folder, root, claimed)
            return outcome
    except (OSError, below.RootLost) as error:
        raise ServiceError(
            Words(
                f"la source n’a pas pu être rangée : {error}",
                f"the source could not be cleared away: {error}",
            ),
            document=claimed.id,
        ) from error


def _clear_companions(folder: WatchedFolder, root: int, claimed: Claimed) -> None:
    following = [part for part in claimed.companions if part.role in {CompanionRole.SIDECAR, CompanionRole.MARKER}]
    if not following or _is_shared(folder, root, claimed.listed_path):
        return
    directory = claimed.listed_path.rpartition("/")[0]
    for number, part in enumerate(following):
        listed = _listed_as(root, directory, part.relative_path.rpartition("/")[2])
        _clear_one(folder, root, _Source(listed, part.digest, f".jesignd-{claimed.id}-{number}.cleared", None))


def _is_shared(folder: WatchedFolder, root: int, listed_path: str) -> bool:
    """Whether another document of the same stem is there; one plain `*.ext` pattern cannot match two."""
    if len(folder.include) == 1 and folder.include[0].startswith("*."):
        return False
    includes = names.matcher(folder.include)
    ours = text.key(stem(listed_path.rpartition("/")[2]))
    return any(
        includes(name) and text.key(stem(name)) == ours for name in _names_in(root, listed_path.rpartition("/")[0])
    )


def _listed_as(root: int, directory: str, name: str) -> str:
    """The path under which the directory lists this name, whatever its Unicode form."""
    prefix = f"{directory}/" if directory else ""
    if not name.isascii():
        wanted = text.key(name)
        name = next((listed for listed in _names_in(root, directory) if text.key(listed) == wanted), name)
    return prefix + name


def _names_in(root: int, directory: str) -> list[str]:
    try:
        descriptor = below.open_below(root, directory, below.DIRECTORY)
    except FileNotFoundError:
        return []
    try:
        with os.scandir(descriptor) as listed:
            return [child.name for child in listed]
    finally:
        os.close(descriptor)


def _clear_one(folder: WatchedFolder, root: int, source: _Source) -> Cleared:
    directory, _, name = source.listed_path.rpartition("/")
    try:
        here = below.open_below(root, directory, below.DIRECTORY)
    except OSError as error:
        if error.errno not in _ABSENT:
            raise
        return _where_it_went(folder, root, source)
    try:
        if not _exists(here, source.aside):
            found = _stat(here, name)
            if found is None:
                return _where_it_went(folder, root, source)
            if source.identity not in {None, (found.st_size, found.st_mtime_ns, found.st_ino)}:
                return Cleared.CHANGED
            below.rename_without_replacing((here, name), (here, source.aside))
        if _digest(here, source.aside) != source.digest:
            _put_back(here, source.aside, name)
            return Cleared.CHANGED
        return _finish(folder, root, source, here)
    finally:
        os.close(here)


def _finish(folder: WatchedFolder, root: int, source: _Source, here: int) -> Cleared:
    if folder.after is SourcePolicy.DELETE:
        os.unlink(source.aside, dir_fd=here)
        os.fsync(here)
        return Cleared.DELETED
    with _archive_for(folder, root, source.listed_path) as archive:
        for name in _archive_names(source):
            if _move((here, source.aside), (archive, name), source.digest) or _digest(archive, name) == source.digest:
                if _exists(here, source.aside):
                    os.unlink(source.aside, dir_fd=here)
                os.fsync(archive)
                os.fsync(here)
                return Cleared.ARCHIVED
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _move(aside: tuple[int, str], archived: tuple[int, str], digest: Digest) -> bool:
    """Move into the archive unless the name is taken there; False when it is."""
    try:
        below.rename_without_replacing(aside, archived)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return _copy(aside, archived, digest)
    return True


def _copy(aside: tuple[int, str], archived: tuple[int, str], digest: Digest) -> bool:
    final = Path(f"/proc/self/fd/{archived[0]}", archived[1])
    descriptor = os.open(aside[1], below.FILE, dir_fd=aside[0])
    try:
        durable.write_new(final, _blocks(descriptor), 0o640, temporary=durable.temporary_for(final, digest))
    except FileExistsError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _archive_for(folder: WatchedFolder, root: int, listed_path: str) -> Iterator[int]:
    """The archive directory of this path, held open. No link below the archive is followed: others may write there."""
    assert folder.archive is not None, "settings refuse the policy `archive` without a place"
    relative = os.path.relpath(folder.archive, folder.path)
    if relative.startswith(".."):
        durable.make_directories(Path(folder.archive), 0o750)
        top = os.open(folder.archive, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    else:
        top = below.make_directories_below(root, relative)
    try:
        descriptor = below.make_directories_below(top, listed_path.rpartition("/")[0])
    finally:
        os.close(top)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _archive_names(source: _Source) -> tuple[str, str]:
    name = source.listed_path.rpartition("/")[2]
    bare = stem(name)
    return name, f"{bare}~{source.digest[:8]}{name[len(bare) :]}"


def _where_it_went(folder: WatchedFolder, root: int, source: _Source) -> Cleared:
    if folder.after is SourcePolicy.ARCHIVE:
        with _archive_for(folder, root, source.listed_path) as archive:
            if any(_digest(archive, name) == source.digest for name in _archive_names(source)):
                return Cleared.ARCHIVED
    return Cleared.GONE


def _put_back(here: int, aside: str, name: str) -> None:
    """Give a file that was not ours its name again, or one that will be seen if somebody has taken it meanwhile."""
    bare = stem(name)
    for candidate in (name, *(f"{bare} ({number}){name[len(bare) :]}" for number in range(2, 100))):
        try:
            below.rename_without_replacing((here, aside), (here, candidate))
        except FileExistsError:
            continue
        return


def _stat(directory: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _exists(directory: int, name: str) -> bool:
    return _stat(directory, name) is not None


def _digest(directory: int, name: str) -> Digest | None:
    """SHA-256 of a regular file; None when there is none of this name."""
    try:
        descriptor = os.open(name, below.FILE, dir_fd=directory)
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        digest = hashlib.sha256()
        for block in _blocks(descriptor):
            digest.update(block)
        return Digest(digest.hexdigest())
    finally:
        os.close(descriptor)


def _blocks(descriptor: int) -> Iterator[bytes]:
    while block := os.read(descriptor, _BLOCK):
        yield block
