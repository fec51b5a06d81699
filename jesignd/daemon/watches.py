"""Watches: one thread a folder, and what it tells the rest of the house."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.documents import Claimed
from jesignd.domain.events import Event
from jesignd.domain.folders import FolderState
from jesignd.flow.receive import receive
from jesignd.flow.refuse import refuse
from jesignd.intake.watch import FolderWatch
from jesignd.store import documents, journal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Sequence

    from jesignd.domain.documents import Refused
    from jesignd.domain.folders import WatchedFolder
    from jesignd.domain.jobs import Promiser
    from jesignd.errors import Words
    from jesignd.intake.bundles import Bundle, Postponed
    from jesignd.intake.watch import Snapshot
    from jesignd.store.database import Database
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)


class Watches:
    """The watched folders of one configuration."""

    def __init__(
        self, *, database: Database, vault: Vault, engine: Promiser, clock: Callable[[], datetime.datetime]
    ) -> None:
        self._database = database
        self._vault = vault
        self._engine = engine
        self._clock = clock
        self._watches: dict[WatchedFolder, FolderWatch] = {}

    def follow(self, folders: Iterable[WatchedFolder]) -> None:
        """Watch exactly these folders from now on; one whose terms did not change is not disturbed."""
        wanted = set(folders)
        for folder in set(self._watches) - wanted:
            self._watches.pop(folder).stop()
        for folder in wanted - set(self._watches):
            watch = self._watch(folder)
            self._watches[folder] = watch
            watch.start()

    def rescan(self) -> None:
        """List every folder now."""
        for watch in self._watches.values():
            watch.rescan_now()

    def snapshots(self) -> list[Snapshot]:
        """How each folder is doing."""
        return [watch.snapshot() for watch in self._watches.values()]

    def alive(self) -> bool:
        """Whether every watching thread runs."""
        return all(watch.alive() for watch in self._watches.values())

    def stop(self) -> None:
        """End after the batches in hand."""
        self.follow(())

    def _watch(self, folder: WatchedFolder) -> FolderWatch:
        with self._database.reading() as transaction:
            known = documents.known_sources(transaction, folder.name)
        taken = {path for path, _, _, _ in known}

        def on_ready(folder: WatchedFolder, bundles: Sequence[Bundle]) -> Sequence[Claimed | Refused | Postponed]:
            outcomes = receive(
                folder,
                bundles,
                database=self._database,
                vault=self._vault,
                engine=self._engine,
                clock=self._clock,
            )
            for one in outcomes:
                if isinstance(one, Claimed):
                    known.add((one.relative_path, one.size, one.mtime_ns, one.inode))
                    taken.add(one.relative_path)
            return outcomes

        return FolderWatch(
            folder,
            on_ready=on_ready,
            on_refused=self._on_refused,
            on_state=self._on_state,
            known=lambda path, size, mtime_ns, inode: (path, size, mtime_ns, inode) in known,
            was_taken=lambda path: path in taken,
        )

    def _on_refused(self, folder: WatchedFolder, refused: Sequence[Refused]) -> None:
        refuse(folder, refused, database=self._database, at=self._clock())

    def _on_state(self, folder: WatchedFolder, state: FolderState, reason: Words | None) -> None:
        online = state is FolderState.ONLINE
        log.log(logging.INFO if online else logging.WARNING, "folder %s folder=%s", state.value, folder.name)
        with self._database.transaction() as transaction:
            data = {"folder": folder.name, "reason": reason.en if reason else None}
            event = Event.FOLDER_ONLINE if online else Event.FOLDER_OFFLINE
            journal.record(transaction, event, None, data, at=self._clock())
