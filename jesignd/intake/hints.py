"""Hints: what the kernel says somebody did in a folder; it only shortens waiting, the scan decides.

watchdog's inotify binding is used below its observers: they build six event objects a file and hold everything behind a
file moved out for half a second (7.1.0), which archiving does all the time. Here one directory is watched when the scan
lists it, so what is skipped is not watched, and what appears while a directory is being listed is heard of.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyFD, Mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from watchdog.observers.inotify_c import InotifyEvent, WatchDescriptor

    from jesignd.intake.scan import Directory

log = logging.getLogger(__name__)

_MASK = Mask(
    InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_DONT_FOLLOW
)


@dataclass(slots=True)
class Touched:
    """What was heard of since the last time, as listed paths."""

    finished: set[str] = field(default_factory=set)
    """Closed after writing, or renamed into place."""
    begun: set[str] = field(default_factory=set)
    """Created; linked into place, or still being written."""
    directories: set[str] = field(default_factory=set)
    everything: bool = False
    """Events were lost, or a directory moved or went: only a whole scan knows."""


class Hints:
    """Listens to the directories of one folder; `ignores` says which file names are not worth waking anybody.

    `wake` is called from watchdog's thread and must not block.
    """

    def __init__(self, path: str, ignores: Callable[[str], bool], wake: Callable[[], None]) -> None:
        self._path = path
        self._ignores = ignores
        self._wake = wake
        self._id = CallbackId(id(self))
        self._lock = threading.Lock()
        self._touched = Touched()
        self._paths: dict[WatchDescriptor, str] = {}
        self._watches: dict[tuple[int, int], WatchDescriptor] = {}
        self._inotify = InotifyFD.get_instance()

    def is_alive(self) -> bool:
        """Whether events can still come."""
        return self._inotify.is_alive()

    def watch(self, directory: Directory) -> bool:
        """Listen to this directory too; False when the kernel will not (`fs.inotify.max_user_watches`)."""
        identity = (directory.device, directory.inode)
        path = f"{self._path}/{directory.listed_path or '.'}"
        with self._lock:  # held while adding, so that no event comes before its directory has a name here
            descriptor = self._watches.get(identity)
            if descriptor is None:
                try:
                    descriptor = self._inotify.add_callback(os.fsencode(path), _MASK, self, self._id)
                except OSError as error:
                    log.debug("not listening to a directory errno=%s", error.errno)
                    return error.errno in {errno.ENOENT, errno.ENOTDIR}
                self._watches[identity] = descriptor
            self._paths[descriptor] = directory.listed_path  # it may have been renamed since
        return True

    def take(self) -> Touched:
        """What was heard of since the last call."""
        with self._lock:
            touched, self._touched = self._touched, Touched()
        return touched

    def stop(self) -> None:
        """Listen to nothing any more."""
        with self._lock:
            descriptors = list(self._paths)
            self._paths.clear()
            self._watches.clear()
        self._inotify.remove_callbacks([(descriptor, self._id) for descriptor in descriptors])

    # Called by watchdog

    def on_event(self, event: InotifyEvent) -> None:
        """Note what was touched."""
        with self._lock:
            directory = self._paths.get(event.wd)
            noted = directory is not None and self._note(event, directory)
        if noted:
            self._wake()

    def _note(self, event: InotifyEvent, directory: str) -> bool:
        if event.is_delete_self or event.is_move_self or not event.name:
            self._touched.everything = True
            return True
        name = os.fsdecode(event.name)
        if not event.is_directory and self._ignores(name):
            return False
        path = f"{directory}/{name}" if directory else name
        if event.is_directory:
            self._touched.directories.add(path)
        elif event.is_create:
            self._touched.begun.add(path)
        else:
            self._touched.finished.add(path)
        return True

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Note that a directory went away, or its file system was unmounted."""
        with self._lock:
            if self._paths.pop(wd, None) is None:
                return
            self._watches = {identity: kept for identity, kept in self._watches.items() if kept != wd}
            self._touched.everything = True
        self._wake()

    def on_queue_overflow(self) -> None:
        """Note that the kernel dropped events."""
        with self._lock:
            self._touched.everything = True
        self._wake()
