"""Release: documents held go back to where their cause is looked at again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Promiser, Stage, Transaction
from jesignd.errors import Code, DocumentHeld, NotFound, Words
from jesignd.flow.outcomes import WAIVABLE
from jesignd.flow.promises import NEXT, promise_each
from jesignd.store import deliveries, documents, journal
from jesignd.store.documents import Changes, Document, Move

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Sequence

    from jesignd.store.database import Database

log = logging.getLogger(__name__)

_PAGE = 500


def release(
    document: DocumentId, *, database: Database, engine: Promiser, clock: Callable[[], datetime.datetime], by: str
) -> DocumentState:
    """Look at one held document's cause again, setting aside what a person may set aside; the state it goes back to.

    Raises:
        DocumentHeld: it is not held.
    """
    at = clock()
    with database.transaction() as transaction:
        one = documents.get(transaction, document)
        if one.state is not DocumentState.HELD or one.hold is None:
            raise DocumentHeld(
                Code.AMBIGUOUS,
                Words(f"{document} n’est pas en attente", f"{document} is not held"),
                hint=Words(
                    f"voyez où il en est : jesignd document show {document}",
                    f"see where it stands: jesignd document show {document}",
                ),
                document=document,
            )
        waived = {one.hold.code} & WAIVABLE if one.hold.code else set()
        _go_back(transaction, [one], engine=engine, at=at, waived=frozenset(waived))
        journal.record(transaction, Event.RELEASED, document, {"by": by, "waived": sorted(waived)}, at=at)
    return one.hold.held_from or DocumentState.RECEIVED


def retry(
    document: DocumentId, *, database: Database, engine: Promiser, clock: Callable[[], datetime.datetime]
) -> None:
    """Try the deliveries of one document that failed again, now, whether they had been given up or not.

    Raises:
        NotFound: none of its deliveries has failed.
    """
    at = clock()
    with database.transaction() as transaction:
        one = documents.get(transaction, document)
        lanes = deliveries.retry(transaction, document, at=at)
        if not lanes:
            raise NotFound(
                Words(f"{document} n’a aucune livraison en échec", f"none of the deliveries of {document} has failed"),
                hint=Words(
                    f"voyez où il en est : jesignd document show {document}",
                    f"see where it stands: jesignd document show {document}",
                ),
            )
        if one.state is DocumentState.HELD:
            documents.move_many(transaction, [Move(document, DocumentState.HELD, DocumentState.SEALED)], at=at)
        for lane in lanes:
            promise_each(transaction, Stage.DELIVER, [document], engine=engine, at=at, lane=lane)
        journal.record(transaction, Event.RELEASED, document, {"by": "retry", "destinations": lanes}, at=at)


def resume(
    codes: Collection[Code], *, database: Database, engine: Promiser, clock: Callable[[], datetime.datetime]
) -> int:
    """Look again at every document held for one of these reasons, oldest first; how many went back."""
    resumed = above = 0
    while True:
        with database.transaction() as transaction:
            held = documents.held_for(transaction, codes, above=above, limit=_PAGE)
            _go_back(transaction, held, engine=engine, at=clock(), waived=frozenset())
        resumed += len(held)
        if len(held) < _PAGE:
            break
        above = held[-1].sequence
    if resumed:
        log.info("resumed documents=%d", resumed)
    return resumed


def _go_back(
    transaction: Transaction,
    held: Sequence[Document],
    *,
    engine: Promiser,
    at: datetime.datetime,
    waived: frozenset[Code],
) -> None:
    by_state: dict[DocumentState, list[DocumentId]] = {}
    moves: list[Move] = []
    for one in held:
        back_to = (one.hold.held_from if one.hold else None) or DocumentState.RECEIVED
        moves.append(Move(one.id, DocumentState.HELD, back_to, _waiving(one, waived)))
        by_state.setdefault(back_to, []).append(one.id)
    moved = documents.move_many(transaction, moves, at=at)
    for state, ids in by_state.items():
        gone = [document for document in ids if document in moved]
        if state is DocumentState.SEALED:
            _deliver_again(transaction, gone, engine=engine, at=at)
        else:
            promise_each(transaction, NEXT[state], gone, engine=engine, at=at)


def _waiving(document: Document, waived: frozenset[Code]) -> Changes:
    return Changes(waived=tuple(sorted({*document.waived, *waived}))) if waived else Changes()


def _deliver_again(
    transaction: Transaction, released: Sequence[DocumentId], *, engine: Promiser, at: datetime.datetime
) -> None:
    for document in released:
        for lane in deliveries.retry(transaction, document, at=at):
            promise_each(transaction, Stage.DELIVER, [document], engine=engine, at=at, lane=lane)
