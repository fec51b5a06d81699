"""Settle: when a file somebody else writes is believed whole, with everything that goes with it.

Pure but for four questions put to its owner (shape, small files, and two about the past); time is given to it. The
strongest rule first: marker file, complete index with size and digest, closed or renamed into place, quiet time. A
writer that closes a whole PDF and opens it again to append pages (some scanners do) beats the third rule: give such
folders a marker or watch them in `poll` mode, where only quiet time counts. Companions are written before documents.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from jesignd.domain.documents import Claimed, Refused
from jesignd.domain.folders import FolderState
from jesignd.errors import Code
from jesignd.intake import reasons
from jesignd.intake.bundles import Bundle, Postponed, Role, Roles, Setback
from jesignd.intake.judge import Judge, Refusal, Wait
from jesignd.intake.lotbook import LotBook
from jesignd.intake.register import Fate, Register, Tracked
from jesignd.intake.scan import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from jesignd.domain.folders import WatchedFolder
    from jesignd.errors import Words
    from jesignd.intake.scan import Entry, Listing
    from jesignd.intake.shape import Shape

_FIRST_RETRY, _LAST_RETRY = 0.2, 5.0
"""Seconds between attempts on a file somebody holds."""


def _unhurried(folder: WatchedFolder) -> WatchedFolder:
    """The folder, as quiet as its conventions want it."""
    quiet = max(folder.quiet_seconds, folder.conventions.quiet_seconds or 0.0)
    return folder if quiet == folder.quiet_seconds else replace(folder, quiet_seconds=quiet)


class Tracker:
    """Turns listings of one folder into bundles ready to claim, and refusals told once each."""

    def __init__(
        self,
        folder: WatchedFolder,
        *,
        shape: Callable[[Entry], Shape],
        read: Callable[[Entry], bytes | None],
        known: Callable[[str, int, int, int], bool],
        was_taken: Callable[[str], bool],
    ) -> None:
        folder = _unhurried(folder)
        self._folder = folder
        self._hears_writers = folder.conventions.quiet_seconds is None
        self._known = known
        self._was_taken = was_taken
        self._roles = Roles(folder)
        self._files = Register()
        convention = folder.conventions.index
        self._lots = LotBook(folder, convention, is_there=self._is_or_was_there) if convention else None
        self._judge = Judge(folder, self._roles, self._files, lots=self._lots, shape=shape, read=read)
        self._nobody: set[str] = set()
        self._ready: dict[str, Bundle] = {}
        self._clock: list[tuple[float, str]] = []
        self._awake: set[str] = set()

    # What is seen

    def feed(self, listing: Listing, now: float, finished: Collection[str] = ()) -> list[Refused]:
        """Take in what was just listed; what is refused for a new reason is returned.

        `finished` are listed paths whose writer was heard to close them or rename them into place before the listing.
        Nothing is concluded from an offline folder.
        """
        if listing.state is FolderState.OFFLINE:
            return []
        heard = finished if self._hears_writers else ()
        touched = [
            tracked for entry in listing.entries if (tracked := self._see(entry, now, entry.listed_path in heard))
        ]
        told = [refused for tracked in touched for refused in self._arrive(tracked)]
        self._depart(listing, now)
        self._awake.update(tracked.entry.listed_path for tracked in touched)
        while self._awake:  # an index just opened wakes its documents
            told += [refused for tracked in self._woken() for refused in self._weigh(tracked, now)]
        return told

    def _woken(self) -> list[Tracked]:
        """The files to judge now: indexes first, for what they announce matters; then first come, first served."""
        awake, self._awake = self._awake, set()
        woken = [tracked for listed in awake if (tracked := self._files.get(listed)) is not None]
        return sorted(woken, key=lambda tracked: (tracked.role is not Role.INDEX, tracked.first_seen, tracked.key))

    def _see(self, entry: Entry, now: float, has_finished: bool) -> Tracked | None:  # noqa: FBT001 (a fact, not a switch)
        tracked = self._files.get(entry.listed_path)
        if tracked is None:
            return self._meet(entry, now, has_finished)
        before, tracked.seen = tracked.entry, now
        if tracked.fate is Fate.TAKEN and entry.kind is Kind.PLACEHOLDER:
            return None  # room was made on the disk after we had it
        same = entry.sample[:3] == before.sample[:3] if tracked.fate is Fate.TAKEN else entry.sample == before.sample
        if same and entry.kind is before.kind:
            if has_finished and tracked.fate is Fate.PENDING:
                tracked.finished = True
                return tracked
            return None
        tracked.entry, tracked.since, tracked.finished = entry, now, has_finished
        tracked.fate, tracked.told, tracked.locked_since, tracked.wary = Fate.PENDING, None, None, False
        self._ready.pop(entry.listed_path, None)
        return tracked

    def _meet(self, entry: Entry, now: float, has_finished: bool) -> Tracked | None:  # noqa: FBT001
        if entry.kind is Kind.SYMLINK:
            role = Role.PRIMARY  # told whatever its name: files behind a linked directory would be missed in silence
        elif entry.listed_path in self._nobody:
            return None
        else:
            role = self._roles.of(entry.relative_path)
        if role is Role.NONE or (entry.kind is Kind.SPECIAL and role is not Role.PRIMARY):
            self._nobody.add(entry.listed_path)
            return None
        tracked = self._files.add(entry, role, now)
        tracked.finished = has_finished
        return tracked

    def _arrive(self, tracked: Tracked) -> list[Refused]:
        """Wake what a new or changed file concerns; a sidecar that comes too late is told."""
        for twin in self._files.with_key(tracked.key):
            if twin is not tracked and twin.fate is not Fate.TAKEN:
                self._reopen(twin)
        if tracked.role is Role.BESIDE:
            return self._serve(tracked)
        if tracked.role is Role.INDEX and self._lots is not None:
            tracked.fate = Fate.PENDING
            self._lots.expect(tracked)
        elif tracked.role is Role.PRIMARY:
            if self._is_known(tracked.entry):
                tracked.fate = Fate.TAKEN
            for key in self._lots.completed_with(tracked.key) if self._lots is not None else ():
                for fellow in self._files.with_key(key):
                    self._reopen(fellow)
        return []

    def _serve(self, beside: Tracked) -> list[Refused]:
        late: list[Refused] = []
        for path_stem in self._roles.stems_served(beside.key):
            for served in self._files.with_stem(path_stem):
                if served.alone and served.fate is Fate.TAKEN and self._roles.is_sidecar(beside.key):
                    served.alone = False
                    late.append(self._refused(beside, Code.CONTRADICTION, reasons.LATE_SIDECAR))
                else:
                    self._reopen(served)
        return late

    def _is_known(self, entry: Entry) -> bool:
        is_ordinary = entry.kind in {Kind.FILE, Kind.PLACEHOLDER}
        return is_ordinary and self._known(entry.relative_path, entry.size, entry.mtime_ns, entry.inode)

    def _depart(self, listing: Listing, now: float) -> None:
        if listing.whole:
            gone = [tracked for tracked in self._files if tracked.seen != now]
            self._nobody.intersection_update(entry.listed_path for entry in listing.entries)
        else:
            gone = [tracked for listed in listing.absent if (tracked := self._files.get(listed)) is not None]
        for tracked in gone:
            self._files.remove(tracked)
            self._ready.pop(tracked.entry.listed_path, None)
            for twin in self._files.with_key(tracked.key):
                self._reopen(twin)
            if tracked.role is Role.INDEX and self._lots is not None:
                self._lots.close(tracked)

    def _reopen(self, tracked: Tracked) -> None:
        if tracked.fate is not Fate.TAKEN:
            tracked.fate = Fate.PENDING
            self._ready.pop(tracked.entry.listed_path, None)
            self._awake.add(tracked.entry.listed_path)

    # What is thought of it

    def _weigh(self, tracked: Tracked, now: float) -> list[Refused]:
        """Judge a file anew: it becomes ready, is refused, or is looked at again at a known instant."""
        if tracked.role is Role.INDEX:
            return self._weigh_index(tracked, now)
        if tracked.role is not Role.PRIMARY or tracked.fate is not Fate.PENDING:
            return []
        verdict = self._judge.document(tracked, now)
        if isinstance(verdict, Bundle):
            tracked.fate = Fate.READY
            self._ready[tracked.entry.listed_path] = verdict
            return []
        return self._follow(tracked, verdict, now)

    def _weigh_index(self, index: Tracked, now: float) -> list[Refused]:
        if self._lots is None or index.fate is Fate.REFUSED:
            return []
        if index.fate is Fate.TAKEN:
            return self._count_absent(index, self._lots, now)
        verdict = self._judge.index(index, now)
        if not isinstance(verdict, bytes):
            return self._follow(index, verdict, now)
        try:
            told = self._lots.open(index, verdict, now)
        except ValueError as error:
            return self._follow(index, Refusal(Code.INDEX_ROW_INVALID, reasons.unreadable_index(error)), now)
        index.fate = Fate.TAKEN
        for key in self._lots.keys(index):
            for document in self._files.with_key(key):
                self._lots.meet(key)
                if document.fate is Fate.PENDING:
                    self._awake.add(document.entry.listed_path)
        return told + self._count_absent(index, self._lots, now)

    def _count_absent(self, index: Tracked, lots: LotBook, now: float) -> list[Refused]:
        deadline = lots.deadline(index)
        if deadline is None:
            return []
        if now >= deadline:
            return lots.absent(index)
        self._wake_at(deadline, index)
        return []

    def _is_or_was_there(self, relative_path: str) -> bool:
        return any(self._files.with_key(self._judge.key(relative_path))) or self._was_taken(relative_path)

    def _follow(self, tracked: Tracked, verdict: Refusal | Wait, now: float) -> list[Refused]:
        if isinstance(verdict, Refusal):
            tracked.fate = Fate.REFUSED
            return self._tell(tracked, verdict.code, verdict.reason)
        if verdict.locked:
            return self._locked(tracked, now)
        if verdict.until is not None:
            self._wake_at(max(verdict.until, now + 0.001), tracked)
        return []

    def _locked(self, tracked: Tracked, now: float) -> list[Refused]:
        """Try again soon, then slower; told once when it has lasted, and still tried after that."""
        tracked.locked_since = now if tracked.locked_since is None else tracked.locked_since
        lasted = now - tracked.locked_since
        if lasted < self._folder.companion_seconds:
            self._wake_at(now + min(_LAST_RETRY, max(_FIRST_RETRY, lasted)), tracked)
            return []
        self._wake_at(now + self._folder.rescan_seconds, tracked)
        return self._tell(tracked, Code.POISON, reasons.LOCKED)

    def _tell(self, tracked: Tracked, code: Code, reason: Words) -> list[Refused]:
        if tracked.told is code:
            return []
        tracked.told = code
        return [self._refused(tracked, code, reason)]

    def _refused(self, tracked: Tracked, code: Code, reason: Words) -> Refused:
        return Refused(self._folder.name, tracked.entry.relative_path, code, reason)

    def _wake_at(self, instant: float, tracked: Tracked) -> None:
        heapq.heappush(self._clock, (instant, tracked.entry.listed_path))

    # What its owner does

    def due(self, now: float) -> set[str]:
        """The listed paths to look at again now, companions included; they are judged at the next `feed`."""
        paths: set[str] = set()
        while self._clock and self._clock[0][0] <= now:
            tracked = self._files.get(heapq.heappop(self._clock)[1])
            if tracked is not None and (tracked.fate is Fate.PENDING or tracked.role is Role.INDEX):
                self._awake.add(tracked.entry.listed_path)
                paths.add(tracked.entry.listed_path)
                paths.update(part.entry.listed_path for part in self._judge.companions_seen(tracked))
        return paths

    def next_due(self) -> float | None:
        """The next instant at which `due` has something to say."""
        return self._clock[0][0] if self._clock else None

    def take_ready(self, limit: int) -> list[Bundle]:
        """The next bundles to claim, oldest first; they are out of the queue until `learn` says what became of them."""
        chosen = list(itertools.islice(self._ready, limit))
        return [self._ready.pop(listed) for listed in chosen]

    def learn(
        self, bundles: Iterable[Bundle], outcomes: Sequence[Claimed | Refused | Postponed], now: float
    ) -> list[Refused]:
        """Note what became of bundles handed over; a lock that lasted too long is returned as a refusal."""
        told: list[Refused] = []
        for bundle, outcome in zip(bundles, outcomes, strict=True):
            tracked = self._files.get(bundle.primary.listed_path)
            if tracked is None or tracked.fate is not Fate.READY:
                continue
            if isinstance(outcome, Claimed):
                tracked.fate, tracked.alone = Fate.TAKEN, not bundle.companions
                if self._lots is not None:
                    self._lots.meet(tracked.key)
            elif isinstance(outcome, Refused):
                tracked.fate, tracked.told = Fate.REFUSED, outcome.code
            else:
                tracked.fate = Fate.PENDING
                told += self._postponed(tracked, outcome.setback, now)
        return told

    def put_back(self, bundles: Iterable[Bundle], now: float) -> None:
        """Look again later at bundles nobody could take."""
        for bundle in bundles:
            tracked = self._files.get(bundle.primary.listed_path)
            if tracked is not None and tracked.fate is Fate.READY:
                tracked.fate = Fate.PENDING
                self._wake_at(now + _LAST_RETRY, tracked)

    def _postponed(self, tracked: Tracked, setback: Setback, now: float) -> list[Refused]:
        if setback is Setback.LOCKED:
            return self._locked(tracked, now)
        tracked.wary = tracked.wary or setback is Setback.UNPROVEN
        tracked.finished = False
        self._wake_at(now + min(_FIRST_RETRY, self._folder.quiet_seconds), tracked)
        return []

    @property
    def count_ready(self) -> int:
        """How many bundles wait to be taken."""
        return len(self._ready)

    def pending(self) -> tuple[int, float | None]:
        """How many documents wait to be taken, and since when the oldest of them has been seen."""
        waiting = [
            tracked.first_seen
            for tracked in self._files
            if tracked.role is Role.PRIMARY and tracked.fate in {Fate.PENDING, Fate.READY}
        ]
        return len(waiting), min(waiting, default=None)
