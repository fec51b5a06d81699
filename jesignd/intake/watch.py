"""Watch: one thread per hot folder that hands over what is ready, and knows when the folder is not there.

Events wake it, listings decide. While `on_ready` works nothing more is handed over: a slow store or a full disk slows
intake down instead of filling memory; events are still drained by watchdog's own thread.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from jesignd.domain.folders import FolderState, WatchMode
from jesignd.errors import JesignError, Words
from jesignd.intake import filesystems, peek, scan
from jesignd.intake.hints import Hints, Touched
from jesignd.intake.settle import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jesignd.domain.documents import Claimed, Refused
    from jesignd.domain.folders import WatchedFolder
    from jesignd.intake.bundles import Bundle, Postponed
    from jesignd.intake.scan import Directory, Listing

log = logging.getLogger(__name__)

BATCH = 64
"""Documents handed over at once: one transaction, one sync."""

_GATHERING_SECONDS = 0.1
"""At least so long between a batch that was not full and the next: what comes meanwhile goes together. A document that
comes alone does not wait."""
_DEBOUNCE_SECONDS = 0.005
_PROOF_SECONDS = 5.0
"""How often at least the marker is looked at."""
_STUCK_SECONDS = 30.0
"""A listing that takes longer hangs on a dead share."""
_BREATH_SECONDS = 1.0
"""Between a turn that failed (the store did not answer) and the next."""
_REST = 4
"""A scan of the whole folder rests at least so many times its own duration, whatever events ask for."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a watched folder is doing, for people."""

    folder: str
    state: FolderState
    reason: Words | None
    pending: int
    oldest_pending_seconds: float | None
    scanned_seconds_ago: float | None
    hears_events: bool
    unreadable: tuple[str, ...]
    """Directories that cannot be listed."""


class FolderWatch:
    """Watches one folder from `start` to `stop`.

    `on_ready` claims what it is given (at most `BATCH`) and returns what became of each bundle, in order, once it is
    recorded for good; a JesignError or OSError it raises puts the batch back for later. Refusals found here go to
    `on_refused`; those made while claiming are `on_ready`'s to record. `known` tells a file that was recorded before,
    `was_taken` a relative path under which some document was.
    """

    def __init__(
        self,
        folder: WatchedFolder,
        *,
        on_ready: Callable[[WatchedFolder, Sequence[Bundle]], Sequence[Claimed | Refused | Postponed]],
        on_refused: Callable[[WatchedFolder, Sequence[Refused]], None],
        on_state: Callable[[WatchedFolder, FolderState, Words | None], None],
        known: Callable[[str, int, int, int], bool],
        was_taken: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._on_ready = on_ready
        self._on_refused = on_refused
        self._on_state = on_state
        self._clock = clock
        self._new_tracker = partial(
            Tracker,
            folder,
            shape=partial(peek.shape_of, folder),
            read=partial(peek.read_index, folder),
            known=known,
            was_taken=was_taken,
        )
        self._tracker = self._new_tracker()
        self._thread = threading.Thread(target=self._run, name=f"watch-{folder.name}", daemon=True)
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._hints: Hints | None = None
        self._root: tuple[int, int] | None = None
        self._is_deaf = True
        self._state: FolderState | None = None
        self._reason: Words | None = None
        self._unreadable: tuple[str, ...] = ()
        self._wants_whole = True
        self._next_whole = 0.0
        self._rests_until = 0.0
        self._gathers_until = 0.0
        self._scanned_at: float | None = None
        self._listing_since: float | None = None

    # For its owner

    def start(self) -> None:
        """Begin; what lies there already is found like the rest."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """End after the batch in hand; True when it has ended in time."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def alive(self) -> bool:
        """Whether the thread runs; a hang on a dead share is told by `snapshot`, it is the folder's trouble alone."""
        return self._thread.is_alive()

    def rescan_now(self) -> None:
        """List the whole folder as soon as the batch in hand is done."""
        self._wants_whole = True
        self._woken.set()

    def snapshot(self) -> Snapshot:
        """How the folder is doing now; may be called from any thread."""
        now = self._clock()
        pending, oldest = self._tracker.pending()
        since, scanned = self._listing_since, self._scanned_at
        state, reason = self._state or FolderState.OFFLINE, self._reason
        if since is not None and now - since > _STUCK_SECONDS:
            state, reason = (
                FolderState.OFFLINE,
                Words("le partage ne répond plus", "the share does not answer any more"),
            )
        return Snapshot(
            folder=self._folder.name,
            state=state,
            reason=reason,
            pending=pending,
            oldest_pending_seconds=None if oldest is None else now - oldest,
            scanned_seconds_ago=None if scanned is None else now - scanned,
            hears_events=not self._is_deaf,
            unreadable=self._unreadable,
        )

    # Its thread

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    self._turn()
                except (JesignError, OSError) as error:
                    self._begin_again(error)
                self._rest()
        finally:
            self._stop_listening()

    def _begin_again(self, error: Exception) -> None:
        """Forget half a turn: whatever matters is on disk here or recorded by the owner, and is found again."""
        log.warning("watch begins again folder=%s error=%s", self._folder.name, type(error).__name__)
        self._tracker = self._new_tracker()
        self._wants_whole, self._listing_since = True, None
        self._stopping.wait(_BREATH_SECONDS)

    def _turn(self) -> None:
        """Look, think, hand over at most one batch."""
        now = self._clock()
        touched = self._hints.take() if self._hints is not None else Touched()
        self._wants_whole = self._wants_whole or touched.everything or now >= self._next_whole
        self._listing_since = now
        listings = self._observe(touched, now)
        self._listing_since = None
        offline = next((listing for listing in listings if listing.state is FolderState.OFFLINE), None)
        if offline is not None:
            self._go(FolderState.OFFLINE, offline.reason)
            return
        self._go(FolderState.ONLINE, None)
        seen = self._clock()
        told = [refused for listing in listings for refused in self._tracker.feed(listing, seen, touched.finished)]
        self._tell(told)
        self._hand_over()

    def _observe(self, touched: Touched, now: float) -> list[Listing]:
        due = self._tracker.due(now)
        if self._wants_whole and (now >= self._rests_until or self._state is not FolderState.ONLINE):
            return [self._observe_all(now)]
        listings = [
            scan.scan(self._folder, directory, before_listing=self._listen)
            for directory in sorted(touched.directories)
            if scan.is_listed_below(self._folder, directory)
        ]
        # The names that are due come first: they are judged when the first listing is taken in.
        return [scan.look(self._folder, due | touched.finished | touched.begun), *listings]

    def _observe_all(self, now: float) -> Listing:
        self._is_deaf = self._folder.mode is WatchMode.POLL
        listing = scan.scan(self._folder, before_listing=self._listen)
        done = self._clock()
        self._wants_whole = False
        self._rests_until = done + _REST * (done - now)
        self._next_whole = done + self._rescan_seconds()
        if listing.state is FolderState.ONLINE:
            self._scanned_at = done
            if listing.unreadable != self._unreadable:
                log.warning(
                    "directories cannot be listed folder=%s count=%d", self._folder.name, len(listing.unreadable)
                )
            self._unreadable = listing.unreadable
        return listing

    def _rescan_seconds(self) -> float:
        hears_all = not self._is_deaf and not filesystems.is_remote(self._folder.path)
        return self._folder.rescan_seconds if hears_all else min(self._folder.poll_seconds, self._folder.rescan_seconds)

    def _listen(self, directory: Directory) -> None:
        """Listen to a directory before it is listed; to all of them anew when the root is another one."""
        if self._folder.mode is WatchMode.POLL:
            return
        if directory.listed_path == "" and self._root != (directory.device, directory.inode):
            self._stop_listening()
            self._root = (directory.device, directory.inode)
        if self._hints is None or not self._hints.is_alive():
            try:
                self._hints = Hints(self._folder.path, partial(scan.ignores, self._folder), self._woken.set)
            except OSError as error:
                log.warning("no file system events folder=%s errno=%s", self._folder.name, error.errno)
                self._is_deaf = True
                return
        self._is_deaf = not self._hints.watch(directory) or self._is_deaf

    def _stop_listening(self) -> None:
        if self._hints is not None:
            self._hints.stop()
        self._hints, self._root = None, None

    def _go(self, state: FolderState, reason: Words | None) -> None:
        """Take note of the state; told when it changes. Coming back asks for a whole listing and fresh ears."""
        self._reason = reason
        if state is self._state:
            return
        if state is FolderState.OFFLINE:
            self._stop_listening()
            self._is_deaf = self._wants_whole = True
        log.info("folder=%s state=%s", self._folder.name, state.value)
        self._on_state(self._folder, state, reason)  # told again if it raises
        self._state = state

    def _tell(self, refused: Sequence[Refused]) -> None:
        if refused:
            log.info("refused files folder=%s count=%d", self._folder.name, len(refused))
            self._on_refused(self._folder, refused)

    def _hand_over(self) -> None:
        if self._clock() < self._gathers_until and self._tracker.count_ready < BATCH:
            return
        bundles = self._tracker.take_ready(BATCH)
        if not bundles:
            return
        if len(bundles) < BATCH:
            self._gathers_until = self._clock() + _GATHERING_SECONDS
        try:
            outcomes = self._on_ready(self._folder, bundles)
        except (JesignError, OSError) as error:
            log.warning("could not take documents folder=%s error=%s", self._folder.name, type(error).__name__)
            self._tracker.put_back(bundles, self._clock())
            return
        self._tell(self._tracker.learn(bundles, outcomes, self._clock()))

    def _rest(self) -> None:
        """Sleep until somebody calls or something is due."""
        now = self._clock()
        instants = [now + _PROOF_SECONDS, self._next_whole, self._tracker.next_due()]
        if ready := self._tracker.count_ready:
            instants.append(self._gathers_until if ready < BATCH else now)
        if self._wants_whole:
            instants.append(self._rests_until)
        if self._state is FolderState.OFFLINE:
            instants = [now + min(self._folder.poll_seconds, _PROOF_SECONDS)]
        until = min(instant for instant in instants if instant is not None)
        if self._woken.wait(max(0.0, until - now)):
            self._stopping.wait(_DEBOUNCE_SECONDS)
        self._woken.clear()
