"""A hot folder on disk, a keeper that keeps in memory, and a tracker with a clock one turns by hand."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jesignd.domain.documents import Claimed, Digest, Refused
from jesignd.domain.folders import WatchedFolder
from jesignd.intake import claim, peek, scan
from jesignd.intake.settle import Tracker
from jesignd.intake.watch import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jesignd.domain.folders import FolderState
    from jesignd.errors import Code, Words
    from jesignd.intake.bundles import Bundle, Postponed

NOBODY = 65534

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def pdf(number: int = 0, size: int = 300) -> bytes:
    """A whole PDF to intake's eyes, different for each number."""
    filling = hashlib.sha256(str(number).encode()).hexdigest().encode() * (size // 64 + 1)
    return PDF.replace(b"endobj", b"endobj\n%" + filling + b"\n")


class MemoryKeeper:
    """Keeps claimed bytes by digest."""

    def __init__(self) -> None:
        self.kept: dict[Digest, bytes] = {}

    def keep(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        data = b"".join(chunks)
        digest = Digest(hashlib.sha256(data).hexdigest())
        self.kept[digest] = data
        return digest, len(data)


class HotFolder:
    """A watched folder with its marker, files dropped into it, and a tracker fed by hand."""

    def __init__(self, path: Path, **terms: Any) -> None:
        path.mkdir(exist_ok=True)
        settings: dict[str, Any] = {"quiet_seconds": 5.0, "companion_seconds": 60.0, **terms}
        self.folder = WatchedFolder(name="paie", path=str(path), connector="neutral", acts_as="anne", **settings)
        scan.mark(self.folder)
        self.path = path
        self.now = 1000.0
        self.keeper = MemoryKeeper()
        self.known: set[tuple[str, int, int, int]] = set()
        self.taken_before: set[str] = set()
        self.refused: list[Refused] = []
        self.tracker = Tracker(
            self.folder,
            shape=partial(peek.shape_of, self.folder),
            read=partial(peek.read_index, self.folder),
            known=lambda *identity: identity in self.known,
            was_taken=self.taken_before.__contains__,
        )

    def drop(self, name: str, data: bytes = PDF) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def empty(self) -> None:
        """Take everything away but the marker."""
        for file in self.path.iterdir():
            if file.name != self.folder.marker:
                file.unlink()

    def rename_in(self, name: str, data: bytes = PDF) -> float:
        """Drop a file as careful writers do, under a temporary name first; the instant at which it was there."""
        temporary = self.drop(f"{name}.part", data)
        os.rename(temporary, self.path / name)
        return time.monotonic()

    def pdf(self, number: int, size: int = 300) -> bytes:
        return pdf(number, size)

    def listing(self) -> scan.Listing:
        return scan.scan(self.folder)

    def look(self, *finished: str, after: float = 0.0) -> list[Bundle]:
        """Let time pass, list the whole folder, and say what became ready."""
        self.now += after
        self.tracker.due(self.now)
        self.refused += self.tracker.feed(self.listing(), self.now, set(finished))
        return self.tracker.take_ready(10_000)

    def settle(self) -> list[Bundle]:
        """What is ready once everything has been quiet."""
        return self.look() + self.look(after=self.folder.quiet_seconds)

    def claim(self, bundles: Sequence[Bundle]) -> list[Claimed | Refused | Postponed]:
        outcomes = claim.claim_many(self.folder, bundles, self.keeper)
        self.refused += self.tracker.learn(bundles, outcomes, self.now)
        return outcomes

    @staticmethod
    @contextlib.contextmanager
    def as_an_ordinary_user() -> Iterator[None]:
        """Lose root's power over files in this thread, where the tests run as root."""
        libc = ctypes.CDLL(None)
        before = libc.setfsuid(NOBODY if os.geteuid() == 0 else os.geteuid())
        try:
            yield
        finally:
            libc.setfsuid(before)

    def codes(self) -> dict[str, Code]:
        return {refused.relative_path: refused.code for refused in self.refused}


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., HotFolder]:
    return lambda **terms: HotFolder(tmp_path / "exports", **terms)


@pytest.fixture
def hot(make_folder: Callable[..., HotFolder]) -> HotFolder:
    return make_folder()


@pytest.fixture
def open_to_all() -> Iterator[HotFolder]:
    """A hot folder that an ordinary user can reach (pytest's own directories are closed)."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield HotFolder(Path(directory) / "exports")


class Office:
    """A running watch, and everything it said; claims what it is given and remembers it."""

    def __init__(self, path: Path, **terms: Any) -> None:
        timing = {"quiet_seconds": 0.3, "rescan_seconds": 60.0, "poll_seconds": 0.2, "companion_seconds": 1.0}
        self.hot = HotFolder(path, **{**timing, **terms})
        self.folder = self.hot.folder
        self.claimed: list[Claimed] = []
        self.at: dict[str, float] = {}
        self.refused: list[Refused] = []
        self.states: list[FolderState] = []
        self.reasons: list[Words | None] = []
        self.fails: list[Exception] = []
        self.store_fails: list[Exception] = []
        self.batches: list[int] = []
        self._known: set[tuple[str, int, int, int]] = set()
        self._changed = threading.Condition()
        self.watch = self.new_watch()

    def new_watch(self) -> FolderWatch:
        return FolderWatch(
            self.folder,
            on_ready=self._take,
            on_refused=self._refuse,
            on_state=self._note_state,
            known=self._is_known,
            was_taken=lambda path: any(claimed.relative_path == path for claimed in self.claimed),
        )

    def _is_known(self, *identity: Any) -> bool:
        if self.store_fails:
            raise self.store_fails.pop()
        return identity in self._known

    def _take(self, folder: WatchedFolder, bundles: Sequence[Bundle]) -> Sequence[Claimed | Refused | Postponed]:
        if self.fails:
            raise self.fails.pop()
        outcomes = claim.claim_many(folder, bundles, self.hot.keeper)
        with self._changed:
            self.batches.append(len(bundles))
            for outcome in outcomes:
                if isinstance(outcome, Claimed):
                    self.claimed.append(outcome)
                    self.at[outcome.relative_path] = time.monotonic()
                    self._known.add((outcome.relative_path, outcome.size, outcome.mtime_ns, outcome.inode))
                elif isinstance(outcome, Refused):
                    self.refused.append(outcome)
            self._changed.notify_all()
        return outcomes

    def _refuse(self, _: WatchedFolder, refused: Sequence[Refused]) -> None:
        with self._changed:
            self.refused.extend(refused)
            self._changed.notify_all()

    def _note_state(self, _: WatchedFolder, state: FolderState, reason: Words | None) -> None:
        with self._changed:
            self.states.append(state)
            self.reasons.append(reason)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 10.0) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def paths(self) -> list[str]:
        return sorted(claimed.relative_path for claimed in self.claimed)


@pytest.fixture
def open_office(tmp_path: Path) -> Iterable[Callable[..., Office]]:
    """Make an office whose watch runs until the test ends."""
    opened: list[Office] = []

    def make(*, start: bool = True, **terms: Any) -> Office:
        office = Office(tmp_path / "exports", **terms)
        opened.append(office)
        if start:
            office.watch.start()
            assert office.wait_for(lambda: bool(office.states))
        return office

    yield make
    for office in opened:
        assert office.watch.stop(5.0)
