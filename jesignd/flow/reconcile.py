"""Reconcile: promises whose job is gone are made again; what keeps failing is held instead of tried for ever.

A document that waits for us without any promise should not exist; where one does, whatever made it, it goes on.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jesignd.domain.documents import TRANSITIONS, DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction
from jesignd.errors import Code, Words
from jesignd.flow.promises import NEXT, promise, promise_each
from jesignd.store import deliveries, documents, journal, reservations, stages
from jesignd.store.deliveries import DeliveryState
from jesignd.store.documents import Changes, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.store.database import Database
    from jesignd.store.documents import Document
    from jesignd.store.stages import Promise

log = logging.getLogger(__name__)

GRACE = datetime.timedelta(seconds=5)
FORGOTTEN = datetime.timedelta(minutes=1)
MOST_ATTEMPTS = 12


def reconcile(
    *, database: Database, engine: Promiser, clock: Callable[[], datetime.datetime], grace: datetime.timedelta = GRACE
) -> int:
    """Promise again every stage that is overdue and that no live job will do; how many batches."""
    at = clock()
    with database.reading() as transaction:
        overdue = stages.overdue(transaction, at - grace)
        forgotten = documents.without_promise(transaction, at - FORGOTTEN)
    live = engine.live([one.job for one in overdue])
    lost = [one for one in overdue if one.job not in live]
    for one in lost:
        _again(one, database=database, engine=engine, at=at)
    if lost:
        log.warning("reconciled batches=%d", len(lost))
    if forgotten:
        _take_up(forgotten, database=database, engine=engine, at=at)
    return len(lost)


def _again(lost: Promise, *, database: Database, engine: Promiser, at: datetime.datetime) -> None:
    batch = lost.batch
    with database.transaction() as transaction:
        # The job may have ended well between the two looks, before it was seen to be no longer alive.
        standing = stages.standing(transaction, lost)
        if batch.attempt < MOST_ATTEMPTS:
            again = Batch(batch.stage, standing, batch.lane, batch.attempt + 1)
            # A batch that fails as a whole may do so for one of its documents: alone, each pays for itself.
            for part in [again] if batch.attempt == 0 else _one_by_one(again):
                delay = datetime.timedelta(seconds=min(600, 2**batch.attempt - 1))
                promise(transaction, part, engine=engine, at=at, delay=delay)
        else:
            stages.finish(transaction, batch.stage, standing, lane=batch.lane)
            given_up = Batch(batch.stage, standing, batch.lane, batch.attempt)
            _hold(transaction, given_up, engine=engine, at=at)


def _one_by_one(batch: Batch) -> list[Batch]:
    return [Batch(batch.stage, (document,), batch.lane, batch.attempt) for document in batch.documents]


def _hold(transaction: Transaction, batch: Batch, *, engine: Promiser, at: datetime.datetime) -> None:
    """Give up after so many attempts: people look, and nothing else waits behind it."""
    if batch.stage in {Stage.REPORT, Stage.CLEAR}:
        log.error("gave up stage=%s documents=%s", batch.stage, ",".join(batch.documents))
        return
    hint = Words(
        "consultez le journal du service, puis : jesignd document release",
        "read the service’s log, then: jesignd document release",
    )
    reason = _GAVE_UP[batch.stage]
    moves: list[Move] = []
    for document in documents.get_many(transaction, batch.documents):
        if DocumentState.HELD not in TRANSITIONS[document.state]:
            continue
        from_state = DocumentState.RECOGNISED if document.state is DocumentState.AUTHORISED else document.state
        hold = Hold(reason, Code.POISON, hint, held_from=from_state)
        moves.append(Move(document.id, document.state, DocumentState.HELD, Changes(hold=hold)))
        if batch.stage is Stage.DELIVER:
            deliveries.record_failed(transaction, document.id, batch.lane, reason=reason, again=None, at=at)
    moved = documents.move_many(transaction, moves, at=at)
    held = [move.document for move in moves if move.document in moved]
    reservations.release(transaction, held, at=at)
    journal.record_many(transaction, [(Event.HELD, one, {"code": Code.POISON.value}) for one in held], at=at)
    promise_each(transaction, Stage.REPORT, held, engine=engine, at=at)


_GAVE_UP = {
    Stage.RECOGNISE: Words(
        f"la reconnaissance a échoué {MOST_ATTEMPTS} fois", f"recognition failed {MOST_ATTEMPTS} times"
    ),
    Stage.AUTHORISE: Words(f"la décision a échoué {MOST_ATTEMPTS} fois", f"the decision failed {MOST_ATTEMPTS} times"),
    Stage.SEAL: Words(f"le scellement a échoué {MOST_ATTEMPTS} fois", f"sealing failed {MOST_ATTEMPTS} times"),
    Stage.DELIVER: Words(f"la livraison a échoué {MOST_ATTEMPTS} fois", f"delivery failed {MOST_ATTEMPTS} times"),
}


def _take_up(forgotten: Sequence[Document], *, database: Database, engine: Promiser, at: datetime.datetime) -> None:
    log.error("taken up again without promise documents=%s", ",".join(one.id for one in forgotten))
    with database.transaction() as transaction:
        now = documents.get_many(transaction, [one.id for one in forgotten])
        by_state: dict[DocumentState, list[DocumentId]] = {}
        for before, document in zip(forgotten, now, strict=True):
            if document.state is before.state and not stages.of_document(transaction, document.id):
                by_state.setdefault(document.state, []).append(document.id)
        sealed = by_state.pop(DocumentState.SEALED, [])
        for state, ids in by_state.items():
            promise_each(transaction, NEXT[state], ids, engine=engine, at=at)
        for one in deliveries.of_documents(transaction, sealed):
            if one.state is not DeliveryState.DELIVERED:
                promise_each(transaction, Stage.DELIVER, [one.document], engine=engine, at=at, lane=one.destination)
