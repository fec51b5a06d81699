"""Receive: settled files become documents; from the end of this transaction a power cut loses nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.documents import Claimed, Refused
from jesignd.domain.events import Event
from jesignd.domain.jobs import Promiser, Stage
from jesignd.flow.promises import promise_each
from jesignd.flow.refuse import refuse, taken, withdraw
from jesignd.intake.claim import claim_many
from jesignd.store import documents, journal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from jesignd.domain.folders import WatchedFolder
    from jesignd.intake.bundles import Bundle, Postponed
    from jesignd.store.database import Database
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)


def receive(
    folder: WatchedFolder,
    bundles: Sequence[Bundle],
    *,
    database: Database,
    vault: Vault,
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> Sequence[Claimed | Refused | Postponed]:
    """Claim these files into the vault, make documents of the new ones and promise their recognition."""
    with vault.batch() as keeper:
        outcomes = claim_many(folder, bundles, keeper)
    claimed = [outcome for outcome in outcomes if isinstance(outcome, Claimed)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    if claimed:
        _register(folder, claimed, database=database, engine=engine, at=clock())
    if refused:
        refuse(folder, refused, database=database, at=clock())
    return outcomes


def _register(
    folder: WatchedFolder, claimed: Sequence[Claimed], *, database: Database, engine: Promiser, at: datetime.datetime
) -> None:
    with database.transaction() as transaction:
        new = documents.insert(transaction, claimed, at=at)
        ids = [one.id for one in claimed if one.id in new]
        journal.record_many(
            transaction,
            [(Event.RECEIVED, one.id, {"folder": folder.name, "digest": one.digest, "size": one.size})
             for one in claimed if one.id in new],
            at=at,
        )  # fmt: skip
        promise_each(transaction, Stage.RECOGNISE, ids, engine=engine, at=at)
        over = taken(transaction, folder, {one.relative_path for one in claimed})
    withdraw(folder, over)
    log.info("received folder=%s documents=%d", folder.name, len(ids))
