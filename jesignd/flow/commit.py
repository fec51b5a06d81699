"""Commit: sealed documents, what they cost, what is told of them and what comes next, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.credit import Cents
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction, retry_delay
from jesignd.errors import Disposition, JesignError, ServiceError
from jesignd.flow import charges, outcomes
from jesignd.flow.promises import promise_again, promise_each
from jesignd.flow.records import Route, plain_sealed
from jesignd.store import deliveries, documents, journal, ledger, reservations, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold, SealedFile

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from jesignd.flow.publish import Made
    from jesignd.store.database import Database
    from jesignd.store.journal import Entry


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that could not be sealed, and why."""

    document: Document
    error: JesignError


def commit(
    batch: Batch,
    made: Sequence[Made],
    failed: Sequence[Failed],
    *,
    database: Database,
    engine: Promiser,
    at: datetime.datetime,
) -> None:
    """Write down what became of the batch; a document that another run committed meanwhile is left alone."""
    with database.transaction() as transaction:
        stages.finish(transaction, Stage.SEAL, batch.documents)
        affordable, short = _afford(transaction, _still_ours(transaction, made))
        moves = [
            Move(one.document.id, DocumentState.AUTHORISED, DocumentState.SEALED, _changes(one)) for one in affordable
        ]
        moved = documents.move_many(transaction, moves, at=at)
        kept = [one for one in affordable if one.document.id in moved]
        charges.spend(transaction, [(one.document, Route.of(one.document)) for one in kept], at=at)
        journal.record_many(transaction, [(Event.SEALED, one.document.id, _told(one)) for one in kept], at=at)
        _promise_deliveries(transaction, kept, engine=engine, at=at)
        _stop(transaction, [*failed, *short], batch=batch, engine=engine, at=at)


def _still_ours(transaction: Transaction, made: Sequence[Made]) -> list[Made]:
    """Those that no other run of the same batch has committed: they must not use up credit they do not need."""
    now = documents.get_many(transaction, [one.document.id for one in made])
    return [one for one, found in zip(made, now, strict=True) if found.state is DocumentState.AUTHORISED]


def _afford(transaction: Transaction, made: Sequence[Made]) -> tuple[list[Made], list[Failed]]:
    """Those whose price is set aside or, when they were authorised before prices were, covered by the account, in
    order; and the others.
    """
    left: int = ledger.affordable(transaction)
    reserved = reservations.is_open(transaction, [charges.act_of(one.document) for one in made])
    affordable: list[Made] = []
    short: list[Failed] = []
    for one in made:
        price = 0 if charges.act_of(one.document) in reserved else Route.of(one.document).price
        if price <= left:
            left -= price
            affordable.append(one)
        else:
            short.append(Failed(one.document, charges.no_credit(Cents(left))))
    return affordable, short


def _changes(one: Made) -> Changes:
    sealed = one.sealed
    file = SealedFile(sealed.digest, sealed.size, sealed.sealed_at, plain_sealed(sealed))
    return Changes(sealed=file, pages=sealed.inspection.pages)


def _told(one: Made) -> dict[str, object]:
    return {
        "act": charges.act_of(one.document),
        "digest": one.sealed.digest,
        "level": one.sealed.level.value,
        "rung": one.sealed.inspection.rung.value,
        "compared": one.sealed.compared,
        "rule": one.document.rule,
        "person": one.document.person,
        **({"test": True} if Route.of(one.document).test else {}),
    }


def _promise_deliveries(
    transaction: Transaction, kept: Sequence[Made], *, engine: Promiser, at: datetime.datetime
) -> None:
    by_destination: dict[str, list[Document]] = {}
    for one in kept:
        for name in Route.of(one.document).destinations:
            by_destination.setdefault(name, []).append(one.document)
    for name, bound in by_destination.items():
        ids = [document.id for document in bound]
        deliveries.plan(transaction, ids, name, at=at)
        promise_each(transaction, Stage.DELIVER, ids, engine=engine, at=at, lane=name)


def _stop(
    transaction: Transaction, failures: Sequence[Failed], *, batch: Batch, engine: Promiser, at: datetime.datetime
) -> None:
    """Retry what a service failed, for a day; reject or hold the rest, as the error's class says."""
    delay = retry_delay(batch.attempt)
    again = [one.document.id for one in failures if delay is not None and isinstance(one.error, ServiceError)]
    if delay is not None:
        promise_again(transaction, batch, again, engine=engine, at=at, delay=delay)
    ended = {one.document.id: one.error for one in failures if one.document.id not in again}
    moves = [_end(document, error) for document, error in ended.items()]
    moved = documents.move_many(transaction, moves, at=at)
    told = [document for document in ended if document in moved]
    reservations.release(transaction, told, at=at)
    journal.record_many(transaction, [_ended(document, ended[document]) for document in told], at=at)
    promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)


def _end(document: DocumentId, error: JesignError) -> Move:
    hold = Hold(error.message, outcomes.code_of(error), error.hint, held_from=DocumentState.RECOGNISED)
    state = DocumentState.REJECTED if error.disposition is Disposition.REJECT else DocumentState.HELD
    return Move(document, DocumentState.AUTHORISED, state, Changes(hold=hold))


def _ended(document: DocumentId, error: JesignError) -> Entry:
    event = Event.REJECTED if error.disposition is Disposition.REJECT else Event.HELD
    return event, document, {"code": outcomes.code_of(error).value}
