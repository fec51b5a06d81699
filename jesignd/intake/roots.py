"""Roots: whether a hot folder is really there; an unmounted share is an empty directory, and is told apart here."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import Words
from jesignd.intake import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.domain.folders import WatchedFolder

LOST = {errno.ESTALE, errno.EIO, errno.ENOTCONN, errno.EHOSTDOWN, errno.ETIMEDOUT, errno.ENODEV, errno.ESHUTDOWN}
"""What the system says of a share that went away."""

_MARKER_LIMIT = 4096


class Offline(Exception):
    """The folder is not there, or cannot be proved to be; `reason` says why."""

    def __init__(self, reason: Words) -> None:
        super().__init__(reason.en)
        self.reason = reason


@contextmanager
def proven(folder: WatchedFolder) -> Iterator[int]:
    """The root held open once its marker has proved it."""
    with opened(folder) as root:
        _check_marker(root, folder)
        yield root


@contextmanager
def opened(folder: WatchedFolder) -> Iterator[int]:
    """The root held open; OSErrors of a lost share become `Offline`, as does a place that is nobody's export."""
    _check_place(folder)
    try:
        root = os.open(folder.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Offline(unreachable(error)) from error
    try:
        yield root
    except OSError as error:
        if error.errno in LOST:
            raise Offline(unreachable(error)) from error
        raise
    finally:
        os.close(root)


def _check_place(folder: WatchedFolder) -> None:
    forbidden = {name.casefold() for name in folder.conventions.never_below}
    if not forbidden:
        return
    for part in Path(os.path.realpath(folder.path)).parts:
        if part.casefold() in forbidden:
            raise Offline(
                Words(
                    f"jamais sous {part} : ce sont les données vives du logiciel",
                    f"never below {part}: those are the software’s live data",
                )
            )


def _check_marker(root: int, folder: WatchedFolder) -> None:
    marker = folder.marker
    try:
        data, _ = below.read_small(root, marker, _MARKER_LIMIT)
    except OSError as error:
        raise Offline(
            Words(
                f"le témoin {marker} manque ou ne peut être lu ({error.strerror}) : partage démonté ?",
                f"the marker {marker} is missing or unreadable ({error.strerror}): share not mounted?",
            )
        ) from error
    if data.decode("utf-8-sig", "replace").strip() != folder.name:
        raise Offline(
            Words(
                f"le témoin {marker} ne porte pas le nom de ce dossier, « {folder.name} »",
                f"the marker {marker} does not bear the name of this folder, “{folder.name}”",
            )
        )


def unreachable(error: OSError) -> Words:
    """What the system said, for people."""
    return Words(f"dossier inaccessible : {error.strerror}", f"folder unreachable: {error.strerror}")
