"""Clear: once delivered, the source file is left, archived or deleted, as its folder's policy says."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.folders import SourcePolicy
from jesignd.domain.jobs import Batch, Promiser, Stage
from jesignd.errors import ServiceError
from jesignd.flow.promises import promise_until_told
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
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Clear the sources of the batch; what changed since it was claimed is left where it is, and said so.

    A folder that is away is waited for, however long: a source is forgotten by nobody.
    """
    with database.reading() as transaction:
        delivered = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.DELIVERED
        ]
    entries: list[Entry] = []
    unreached: list[DocumentId] = []
    for document in delivered:
        folder = folders.get(document.claimed.folder)
        if folder is not None and folder.after is not SourcePolicy.LEAVE:
            try:
                outcome = clear(folder, document.claimed)
            except ServiceError:
                unreached.append(document.id)
            else:
                entries.append((Event.SOURCE_CLEARED, document.id, {"outcome": str(outcome)}))
    at = clock()
    with database.transaction() as transaction:
        stages.finish(transaction, Stage.CLEAR, batch.documents)
        journal.record_many(transaction, entries, at=at)
        promise_until_told(transaction, batch, unreached, engine=engine, at=at)
    if delivered:
        log.info("cleared sources=%d unreached=%d", len(entries), len(unreached))
