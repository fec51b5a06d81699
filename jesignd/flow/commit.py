"""Commit: sealed documents, what they cost, what is told of them and what comes next, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.credit import Cents
from jesignd.domain.documents import DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction, retry_delay
from jesignd.errors import Disposition, JesignError, ServiceError
from jesignd.flow import charges, outcomes
from jesignd.flow.promises import promise, promise_each
from jesignd.flow.records import Route, plain_sealed
from jesignd.store import deliveries, documents, journal, ledger, reservations, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold, SealedFile

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from jesignd.flow.publish import Made
    from jesignd.store.database import Database


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
        affordable, short = _afford(transaction, made)
        moves = [
            Move(one.document.id, DocumentState.AUTHORISED, DocumentState.SEALED, _changes(one)) for one in affordable
        ]
        moved = documents.move_many(transaction, moves, at=at)
        kept = [one for one in affordable if one.document.id in moved]
        charges.spend(transaction, [(one.document, Route.of(one.document)) for one in kept], at=at)
        journal.record_many(transaction, [(Event.SEALED, one.document.id, _told(one)) for one in kept], at=at)
        _promise_deliveries(transaction, kept, engine=engine, at=at)
        for failure in (*failed, *short):
            _stop(transaction, failure, batch=batch, engine=engine, at=at)


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


def _stop(transaction: Transaction, failure: Failed, *, batch: Batch, engine: Promiser, at: datetime.datetime) -> None:
    """Retry what a service failed, for a day; reject or hold the rest, as the error's class says."""
    document, error = failure.document, failure.error
    delay = retry_delay(batch.attempt) if isinstance(error, ServiceError) else None
    if delay is not None:
        again = Batch(Stage.SEAL, (document.id,), batch.lane, batch.attempt + 1)
        promise(transaction, again, engine=engine, at=at, delay=delay)
        return
    rejected = error.disposition is Disposition.REJECT
    state = DocumentState.REJECTED if rejected else DocumentState.HELD
    code = outcomes.code_of(error)
    hold = Hold(error.message, code, error.hint, held_from=DocumentState.RECOGNISED)
    move = Move(document.id, DocumentState.AUTHORISED, state, Changes(hold=hold))
    if document.id in documents.move_many(transaction, [move], at=at):
        reservations.release(transaction, [document.id], at=at, memo=code.value)
        event = Event.REJECTED if rejected else Event.HELD
        journal.record(transaction, event, document.id, {"code": code.value}, at=at)
        promise_each(transaction, Stage.REPORT, [document.id], engine=engine, at=at)
