"""Clear: once delivered, the source file is left, archived or deleted, as its folder's policy says."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentState
from jesignd.domain.events import Event
from jesignd.domain.folders import SourcePolicy
from jesignd.domain.jobs import Batch, Stage
from jesignd.intake.clear import clear
from jesignd.store import documents, journal, stages

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping

    from jesignd.domain.folders import WatchedFolder
    from jesignd.store.database import Database
    from jesignd.store.journal import Entry

log = logging.getLogger(__name__)


def clear_batch(
    batch: Batch,
    *,
    database: Database,
    folders: Mapping[str, WatchedFolder],
    clock: Callable[[], datetime.datetime],
) -> None:
    """Clear the sources of the batch; what changed since it was claimed is left where it is, and said so."""
    with database.reading() as transaction:
        delivered = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.DELIVERED
        ]
    entries: list[Entry] = []
    for document in delivered:
        folder = folders.get(document.claimed.folder)
        if folder is not None and folder.after is not SourcePolicy.LEAVE:
            outcome = clear(folder, document.claimed)
            entries.append((Event.SOURCE_CLEARED, document.id, {"outcome": str(outcome)}))
    with database.transaction() as transaction:
        stages.finish(transaction, Stage.CLEAR, batch.documents)
        journal.record_many(transaction, entries, at=clock())
    if entries:
        log.info("cleared sources=%d", len(entries))
