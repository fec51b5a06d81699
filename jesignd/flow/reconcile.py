"""Reconcile: promises whose job is gone are made again; what keeps failing is held instead of tried for ever."""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING

from jesignd.domain.documents import TRANSITIONS, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction
from jesignd.errors import Code, Words
from jesignd.flow.promises import promise
from jesignd.store import documents, journal, reservations, stages
from jesignd.store.documents import Changes, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.store.database import Database
    from jesignd.store.stages import Promise

log = logging.getLogger(__name__)

GRACE = datetime.timedelta(seconds=5)
MOST_ATTEMPTS = 12


def reconcile(
    *, database: Database, engine: Promiser, clock: Callable[[], datetime.datetime], grace: datetime.timedelta = GRACE
) -> int:
    """Promise again every stage that is overdue and that no live job will do; how many batches."""
    at = clock()
    with database.reading() as transaction:
        overdue = stages.overdue(transaction, at - grace)
    live = engine.live([one.job for one in overdue])
    lost = [one for one in overdue if one.job not in live]
    for one in lost:
        _again(one, database=database, engine=engine, at=at)
    if lost:
        log.warning("reconciled batches=%d", len(lost))
    return len(lost)


def _again(lost: Promise, *, database: Database, engine: Promiser, at: datetime.datetime) -> None:
    batch = lost.batch
    with database.transaction() as transaction:
        if batch.attempt < MOST_ATTEMPTS:
            again = Batch(batch.stage, batch.documents, batch.lane, batch.attempt + 1)
            # A batch that fails as a whole may do so for one of its documents: alone, each pays for itself.
            for part in [again] if batch.attempt == 0 else _one_by_one(again):
                delay = datetime.timedelta(seconds=min(600, 2**batch.attempt - 1))
                promise(transaction, part, engine=engine, at=at, delay=delay)
        else:
            stages.finish(transaction, batch.stage, batch.documents, lane=batch.lane)
            _hold(transaction, batch, at=at)


def _one_by_one(batch: Batch) -> list[Batch]:
    return [Batch(batch.stage, (document,), batch.lane, batch.attempt) for document in batch.documents]


def _hold(transaction: Transaction, batch: Batch, *, at: datetime.datetime) -> None:
    """Give up after a day of trying: people look, and nothing else waits behind it."""
    reason = Words(
        f"l'étape « {batch.stage} » a échoué {batch.attempt} fois",
        f"stage “{batch.stage}” failed {batch.attempt} times",
    )
    hint = Words("consultez le journal du service, puis relancez", "read the service's log, then release")
    for document in documents.get_many(transaction, batch.documents):
        if DocumentState.HELD not in TRANSITIONS[document.state] or batch.stage in {Stage.REPORT, Stage.CLEAR}:
            continue
        from_state = DocumentState.RECOGNISED if document.state is DocumentState.AUTHORISED else document.state
        hold = Hold(reason, Code.POISON, hint, held_from=from_state)
        move = Move(document.id, document.state, DocumentState.HELD, Changes(hold=hold))
        if documents.move_many(transaction, [move], at=at):
            reservations.release(transaction, [document.id], at=at, memo=Code.POISON.value)
            journal.record(transaction, Event.HELD, document.id, {"code": Code.POISON.value}, at=at)
