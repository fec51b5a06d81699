"""Lot book: the indexes of one folder that are complete, and which of their documents have not come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jesignd.domain.documents import Refused
from jesignd.errors import Code, Words
from jesignd.intake import lots
from jesignd.intake.lots import Announced
from jesignd.intake.register import Fate, Tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jesignd.domain.folders import IndexConvention, WatchedFolder


@dataclass(frozen=True, slots=True)
class Announcement:
    """The row that announces a document, and the index it stands in."""

    by: Tracked
    row: Announced


@dataclass(slots=True)
class _Open:
    lot: lots.Lot
    since: float
    awaited: list[Announced]
    """Those not yet known to have come, the last announced first."""
    met: set[str] = field(default_factory=set)
    """Keys of documents that came, or were told absent."""


class LotBook:
    """Which document is announced by which complete index; the first index to announce it keeps it."""

    def __init__(self, folder: WatchedFolder, convention: IndexConvention, *, is_there: Callable[[str], bool]) -> None:
        self._folder = folder
        self._convention = convention
        self._is_there = is_there
        """Whether a document of this relative path is or was in the folder."""
        self._unread: dict[str, Tracked] = {}
        self._open: dict[str, _Open] = {}
        self._rows: dict[str, Announcement] = {}

    def open(self, index: Tracked, data: bytes, now: float) -> list[Refused]:
        """Take up a complete index; what cannot be followed in it is returned.

        Raises:
            ValueError: the whole index is unreadable; the message is for people who know tables.
        """
        self.close(index)
        lot = lots.read_lot(data, self._convention, index.entry.relative_path)
        self._open[index.entry.listed_path] = _Open(lot, now, list(lot.documents.values())[::-1])
        for key, row in lot.documents.items():
            self._rows.setdefault(key, Announcement(index, row))
        return [self._faulty(index, lot.faulty_lines)] if lot.faulty_lines else []

    def expect(self, index: Tracked) -> None:
        """Note an index that is new or changed, and so has to be read (again)."""
        self.close(index)
        self._unread[index.entry.listed_path] = index

    def close(self, index: Tracked) -> None:
        """Forget an index that changed or went away."""
        self._unread.pop(index.entry.listed_path, None)
        opened = self._open.pop(index.entry.listed_path, None)
        if opened is None:
            return
        for key in opened.lot.documents:
            if (announced := self._rows.get(key)) is not None and announced.by is index:
                del self._rows[key]

    def announced(self, key: str) -> Announcement | None:
        """The row that announces the document of this key."""
        return self._rows.get(key)

    def holds_back(self, key: str) -> bool:
        """Whether the document of this key waits for others of its lot, or for an index that may announce it."""
        if not self._convention.whole:
            return False
        if (announced := self._rows.get(key)) is not None:
            return self._is_incomplete(self._open[announced.by.entry.listed_path])
        pending = (index for index in self._unread.values() if index.fate is Fate.PENDING)
        return any(key.startswith("".join(index.key.rpartition("/")[:2])) for index in pending)

    def completed_with(self, key: str) -> Iterable[str]:
        """The keys of the lot that waits no longer now that the document of this key came; none while it waits."""
        announced = self._rows.get(key) if self._convention.whole else None
        if announced is None:
            return ()
        opened = self._open[announced.by.entry.listed_path]
        return () if self._is_incomplete(opened) else opened.lot.documents

    def _is_incomplete(self, opened: _Open) -> bool:
        while opened.awaited and self._is_there(opened.awaited[-1].relative_path):
            opened.awaited.pop()
        return bool(opened.awaited)

    def meet(self, key: str) -> None:
        """Note that the document of this key came, so that it is not missed once it is cleared away."""
        if (announced := self._rows.get(key)) is not None:
            self._open[announced.by.entry.listed_path].met.add(key)

    def keys(self, index: Tracked) -> Iterator[str]:
        """The keys of the documents this index announces."""
        opened = self._open.get(index.entry.listed_path)
        return iter(opened.lot.documents if opened else ())

    def deadline(self, index: Tracked) -> float | None:
        """When the documents still absent are to be told, while any is expected."""
        opened = self._open.get(index.entry.listed_path)
        if opened is None or len(opened.met) == len(opened.lot.documents):
            return None
        return opened.since + self._folder.companion_seconds

    def absent(self, index: Tracked) -> list[Refused]:
        """The announced documents that are not there, each told once."""
        opened = self._open[index.entry.listed_path]
        told: list[Refused] = []
        for key, row in opened.lot.documents.items():
            if key not in opened.met and not self._is_there(row.relative_path):
                told.append(self._missing(index, row))
            opened.met.add(key)
        return told

    def _missing(self, index: Tracked, row: Announced) -> Refused:
        name = index.entry.relative_path
        return Refused(
            self._folder.name,
            row.relative_path,
            Code.INDEX_ROW_INVALID,
            Words(
                f"annoncé par {name}, ligne {row.line}, mais le fichier n’est pas arrivé",
                f"announced by {name}, line {row.line}, but the file has not come",
            ),
        )

    def _faulty(self, index: Tracked, lines: tuple[int, ...]) -> Refused:
        listed = ", ".join(map(str, lines[:20])) + ("…" if len(lines) > 20 else "")
        return Refused(
            self._folder.name,
            index.entry.relative_path,
            Code.INDEX_ROW_INVALID,
            Words(
                f"nom de fichier absent, répété, ou menant hors du dossier ; ligne(s) {listed}",
                f"file name missing, repeated, or leading out of the folder; line(s) {listed}",
            ),
        )
