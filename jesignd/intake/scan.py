"""Scan: what a hot folder holds at this instant; the truth that events only announce.

An unmounted share is an empty directory: without its marker a folder is offline, and nothing is concluded from what is
not there. Listing follows no link and opens no file.
"""

from __future__ import annotations

import errno
import functools
import os
import stat
import unicodedata
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jesignd import durable
from jesignd.domain.folders import FolderState
from jesignd.errors import Words
from jesignd.intake import below, names
from jesignd.intake.roots import LOST, Offline, opened, proven, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jesignd.domain.folders import WatchedFolder

DEEPEST = 32
"""Levels of directories looked into; nobody files deeper, and a loop of mounts would."""

_VANISHED = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EXDEV}


class Kind(Enum):
    """What stands under a name; only a `FILE` may ever be claimed."""

    FILE = "file"
    SYMLINK = "symlink"
    SPECIAL = "special"
    """FIFO, socket or device."""
    PLACEHOLDER = "placeholder"
    """A file whose contents have not come down from where the folder is synchronised; never opened."""


class Entry(NamedTuple):
    """One name as listed. `relative_path` is for people and keys, `listed_path` opens it (see `Claimed`)."""

    relative_path: str
    listed_path: str
    kind: Kind
    size: int
    mtime_ns: int
    inode: int
    nlink: int
    uid: int

    @property
    def sample(self) -> tuple[int, int, int, int]:
        """What must stay equal for the file to be called unchanged."""
        return self.size, self.mtime_ns, self.inode, self.nlink


class Directory(NamedTuple):
    """A directory that was listed, and which one it was."""

    listed_path: str
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What was seen. `whole`: what is not in `entries` is gone; otherwise only what is in `absent` is."""

    state: FolderState
    whole: bool
    entries: tuple[Entry, ...] = ()
    absent: tuple[str, ...] = ()
    directories: tuple[Directory, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Directories that could not be listed, as shown to people."""
    reason: Words | None = None
    """Why the folder is offline."""


class _Terms(NamedTuple):
    """The folder's globs and skipped directories, compiled once."""

    ignores_file: Callable[[str], bool]
    ignores_directory: Callable[[str], bool]
    skipped: frozenset[str]
    placeholders: bool


def scan(
    folder: WatchedFolder, within: str = "", *, before_listing: Callable[[Directory], object] = lambda _: None
) -> Listing:
    """List the whole folder, or what is below one of its directories (as listed).

    `before_listing` hears of each directory first: whoever begins to listen there then misses nothing.
    """
    try:
        with proven(folder) as root:
            return _walk(root, _Walk(_terms(folder), before_listing), within)
    except Offline as offline:
        return Listing(FolderState.OFFLINE, whole=False, reason=offline.reason)


def look(folder: WatchedFolder, listed_paths: Iterable[str]) -> Listing:
    """Look again at these names only; as dear as there are names, however full the folder is."""
    terms = _terms(folder)
    entries: list[Entry] = []
    absent: list[str] = []
    try:
        with proven(folder) as root:
            for parent, children in _by_directory(listed_paths).items():
                wanted = [name for name in children if not terms.ignores_file(name)]
                _look_in(root, parent, wanted, terms=terms, into=(entries, absent))
    except Offline as offline:
        return Listing(FolderState.OFFLINE, whole=False, reason=offline.reason)
    return Listing(FolderState.ONLINE, whole=False, entries=tuple(entries), absent=tuple(absent))


def survey(folder: WatchedFolder) -> Listing:
    """List a folder that nobody has set up: no marker is asked for, so that it can be looked at without writing one."""
    try:
        with opened(folder) as root:
            return _walk(root, _Walk(_terms(folder), lambda _: None), "")
    except Offline as offline:
        return Listing(FolderState.OFFLINE, whole=False, reason=offline.reason)


def prove(folder: WatchedFolder) -> Words | None:
    """Why the folder is offline, or None while its marker proves that it is there."""
    try:
        with proven(folder):
            return None
    except Offline as offline:
        return offline.reason


def mark(folder: WatchedFolder) -> None:
    """Write the folder's marker, once, when somebody sets the folder up; an existing marker is left as it is."""
    path = Path(folder.path, folder.marker)
    if not path.exists():
        durable.write_new(path, [f"{folder.name}\n".encode()], 0o644)


def ignores(folder: WatchedFolder, name: str) -> bool:
    """Whether a file of this name is nobody's document (temporaries, droppings of desktops, the folder's own globs)."""
    return _terms(folder).ignores_file(name)


def is_listed_below(folder: WatchedFolder, listed_directory: str) -> bool:
    """Whether the scan looks into this directory, by its name and those of its parents."""
    terms = _terms(folder)
    parts = listed_directory.split("/") if listed_directory else []
    paths = ("/".join(parts[: count + 1]) for count in range(len(parts)))
    return len(parts) <= DEEPEST and not any(
        terms.ignores_directory(part) or names.shown(path) in terms.skipped
        for part, path in zip(parts, paths, strict=True)
    )


@functools.lru_cache(maxsize=1024)
def _terms(folder: WatchedFolder) -> _Terms:
    root = os.path.realpath(folder.path)
    skipped = {unicodedata.normalize("NFC", path.strip("/")) for path in folder.skip_directories}
    for ours in filter(None, (folder.archive, folder.rejects, folder.returns)):
        relative = os.path.relpath(os.path.realpath(ours), root)
        if not relative.startswith(".."):
            skipped.add(unicodedata.normalize("NFC", relative))
    return _Terms(
        names.matcher((*names.IGNORED_FILES, *folder.ignore)),
        names.matcher((*names.IGNORED_DIRECTORIES, *folder.ignore)),
        frozenset(skipped),
        folder.conventions.placeholders,
    )


class _Walk:
    """What one scan goes by, and what it found so far."""

    def __init__(self, terms: _Terms, before_listing: Callable[[Directory], object]) -> None:
        self.terms = terms
        self.before_listing = before_listing
        self.entries: list[Entry] = []
        self.directories: list[Directory] = []


def _walk(root: int, walk: _Walk, within: str) -> Listing:
    unreadable: list[str] = []
    waiting = [(within, within.count("/") + 1 if within else 0)]
    while waiting:
        here, depth = waiting.pop()
        try:
            inside = _list(root, here, walk)
        except OSError as error:
            if error.errno in LOST or here == "":
                raise Offline(unreachable(error)) from error
            if error.errno not in _VANISHED:
                unreadable.append(names.shown(here))
            continue
        if depth < DEEPEST:
            waiting.extend((path, depth + 1) for path in inside)
        else:
            unreadable.extend(map(names.shown, inside))
    return Listing(
        FolderState.ONLINE,
        whole=within == "",
        entries=tuple(walk.entries),
        directories=tuple(walk.directories),
        unreadable=tuple(unreadable),
    )


def _list(root: int, here: str, walk: _Walk) -> list[str]:
    """Add what stands in one directory; its own directories that deserve a look are returned."""
    descriptor = below.open_below(root, here, below.DIRECTORY)
    terms = walk.terms
    prefix = f"{here}/" if here else ""
    shown_prefix = names.shown(prefix)
    inside: list[str] = []
    try:
        status = os.fstat(descriptor)
        directory = Directory(here, status.st_dev, status.st_ino)
        walk.directories.append(directory)
        walk.before_listing(directory)
        with os.scandir(descriptor) as listed:
            for child in listed:
                name = child.name
                if child.is_dir(follow_symlinks=False):
                    if not terms.ignores_directory(name) and shown_prefix + names.shown(name) not in terms.skipped:
                        inside.append(prefix + name)
                elif not terms.ignores_file(name):
                    try:
                        found = child.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    walk.entries.append(
                        _entry(shown_prefix + names.shown(name), prefix + name, found=found, terms=terms)
                    )
    finally:
        os.close(descriptor)
    return inside


def _by_directory(listed_paths: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path in listed_paths:
        parent, _, name = path.rpartition("/")
        grouped.setdefault(parent, []).append(name)
    return grouped


def _look_in(
    root: int, parent: str, children: list[str], *, terms: _Terms, into: tuple[list[Entry], list[str]]
) -> None:
    entries, absent = into
    prefix = f"{parent}/" if parent else ""
    try:
        descriptor = below.open_below(root, parent, below.DIRECTORY)
    except OSError as error:
        if error.errno in LOST:
            raise
        if error.errno in _VANISHED:
            absent.extend(prefix + name for name in children)
        return
    try:
        for name in children:
            try:
                found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:
                absent.append(prefix + name)
                continue
            if not stat.S_ISDIR(found.st_mode):
                entries.append(_entry(names.shown(prefix + name), prefix + name, found=found, terms=terms))
    finally:
        os.close(descriptor)


def _entry(relative_path: str, listed_path: str, *, found: os.stat_result, terms: _Terms) -> Entry:
    return Entry(
        listed_path if relative_path == listed_path else relative_path,  # one string kept, not two
        listed_path,
        _kind(found, terms),
        found.st_size,
        found.st_mtime_ns,
        found.st_ino,
        found.st_nlink,
        found.st_uid,
    )


def _kind(found: os.stat_result, terms: _Terms) -> Kind:
    if stat.S_ISREG(found.st_mode):
        is_elsewhere = terms.placeholders and found.st_size > 0 and found.st_blocks == 0
        return Kind.PLACEHOLDER if is_elsewhere else Kind.FILE
    return Kind.SYMLINK if stat.S_ISLNK(found.st_mode) else Kind.SPECIAL
