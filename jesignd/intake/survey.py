"""Survey: what lies in a folder, settled as if every waiting time had passed; nothing is written there.

A folder is listed once and may be settled under the conventions of several connectors, to see which of them fits it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.documents import Digest, Refused
from jesignd.durable import write_temporary
from jesignd.intake import peek, scan
from jesignd.intake.bundles import Bundle
from jesignd.intake.scan import Listing
from jesignd.intake.settle import Tracker
from jesignd.intake.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jesignd.domain.folders import WatchedFolder
    from jesignd.intake.scan import Entry

_LONG = 1e6
"""Seconds: beyond every waiting time that a configuration may hold."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The documents that may be claimed and the files that may not, by path."""

    bundles: tuple[Bundle, ...]
    refused: tuple[Refused, ...]


class Shelf:
    """Keeps claimed bytes in a directory, by digest, until they are swept."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        """Keep these bytes; their SHA-256 and their number."""
        temporary = self._directory / secrets.token_hex(8)
        digest, size = write_temporary(temporary, chunks)
        temporary.replace(self.path(digest))
        return digest, size

    def path(self, digest: Digest) -> Path:
        """Where the bytes of this digest are."""
        return self._directory / digest

    def sweep(self) -> None:
        """Keep nothing any longer."""
        for kept in self._directory.iterdir():
            kept.unlink()


@dataclass(frozen=True, slots=True)
class Survey:
    """A folder's listing, with what the ends of its files say remembered from one settling to the next."""

    listing: Listing
    shapes: dict[str, Shape] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, folder: WatchedFolder) -> Survey:
        """List the folder, marker or not."""
        return cls(scan.survey(folder))

    def settle(self, folder: WatchedFolder) -> Settled:
        """What the folder's terms and conventions make of the files."""
        return settled(folder, self.listing, shape=partial(self._shape, folder))

    def _shape(self, folder: WatchedFolder, entry: Entry) -> Shape:
        if entry.listed_path not in self.shapes:
            self.shapes[entry.listed_path] = peek.shape_of(folder, entry)
        return self.shapes[entry.listed_path]


def settled(folder: WatchedFolder, listing: Listing, *, shape: Callable[[Entry], Shape] | None = None) -> Settled:
    """The files of a listing as they would be judged once every waiting time had passed; nothing was seen before."""
    tracker = Tracker(
        folder,
        shape=shape or partial(peek.shape_of, folder),
        read=partial(peek.read_index, folder),
        known=lambda *_: False,
        was_taken=lambda _: False,
    )
    refused = tracker.feed(listing, 0.0)
    for now in (_LONG, 2 * _LONG):
        tracker.due(now)
        refused += tracker.feed(listing, now)
    bundles = tracker.take_ready(len(listing.entries) + 1)
    return Settled(
        tuple(sorted(bundles, key=lambda bundle: bundle.primary.relative_path)),
        tuple(sorted(refused, key=lambda one: one.relative_path)),
    )


def rooms(folder: WatchedFolder) -> tuple[str, ...]:
    """The directories right below the folder that a scan looks into; none when documents or lists lie beside them."""
    directories: list[str] = []
    with os.scandir(folder.path) as listed:
        for child in listed:
            if child.is_dir(follow_symlinks=False):
                if scan.is_listed_below(folder, child.name):
                    directories.append(child.name)
            elif child.name.casefold().endswith((".pdf", ".csv")) and not scan.ignores(folder, child.name):
                return ()
    return tuple(sorted(directories))


def is_marked(folder: WatchedFolder) -> bool:
    """Whether the folder bears a marker, whatever name it holds."""
    return Path(folder.path, folder.marker).is_file()
