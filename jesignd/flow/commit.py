"""Commit: sealed documents, what they cost, what is told of them and what comes next, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.credit import Cents
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction, retry_delay
from jesignd.domain.people import FirmId
from jesignd.errors import Disposition, JesignError, NotAllowed, ServiceError
from jesignd.flow import charges, outcomes, warrant
from jesignd.flow.promises import promise_again, promise_each
from jesignd.flow.records import Route, plain_sealed
from jesignd.store import deliveries, documents, journal, ledger, reservations, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold, SealedFile

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence

    from jesignd.domain.delegations import Answer, Delegation
    from jesignd.domain.terms import Terms
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
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> list[Document]:
    """Write down what became of the batch; a document that another run committed meanwhile is left alone.

    Each is asked about once more, by the transaction that seals it. Those that may not be sealed any more are held
    under their next epoch, and returned: whatever was published under this one is never looked for again.
    """
    with database.transaction() as transaction:
        at = clock()
        stages.finish(transaction, Stage.SEAL, batch.documents)
        affordable, short = _afford(transaction, _still_ours(transaction, made))
        answers = warrant.perform(transaction, [one.document for one in affordable], terms=terms, at=at)
        refused = warrant.refusals(transaction, [one.document for one in affordable], answers)
        kept = [one for one in affordable if one.document.id not in refused]
        _seal(transaction, kept, answers=answers, engine=engine, at=at)
        denied = [Failed(one.document, refused[one.document.id]) for one in affordable if one.document.id in refused]
        ended = _stop(transaction, [*failed, *short, *denied], batch=batch, engine=engine, at=at)
        return [one.document for one in ended if isinstance(one.error, NotAllowed)]


def _seal(
    transaction: Transaction,
    kept: Sequence[Made],
    *,
    answers: Mapping[DocumentId, Answer],
    engine: Promiser,
    at: datetime.datetime,
) -> None:
    moves = [Move(one.document.id, DocumentState.AUTHORISED, DocumentState.SEALED, _changes(one)) for one in kept]
    documents.move_many(transaction, moves, at=at)
    charges.spend(transaction, [(one.document, Route.of(one.document)) for one in kept], at=at)
    told = [(Event.SEALED, one.document.id, _told(one, warrant.under(answers[one.document.id]))) for one in kept]
    journal.record_many(transaction, told, at=at)
    _promise_deliveries(transaction, kept, engine=engine, at=at)


def _still_ours(transaction: Transaction, made: Sequence[Made]) -> list[Made]:
    """Those that no other run of the same batch has committed: they must not use up credit they do not need."""
    now = documents.get_many(transaction, [one.document.id for one in made])
    return [one for one, found in zip(made, now, strict=True) if _is_awaited(one.document, found)]


def _is_awaited(before: Document, now: Document) -> bool:
    """Whether it waits to be sealed, and is what it was when it was looked at: held since, it has another epoch."""
    return now.state is DocumentState.AUTHORISED and now.epoch == before.epoch


def _afford(transaction: Transaction, made: Sequence[Made]) -> tuple[list[Made], list[Failed]]:
    """Those whose price is set aside or, when they were authorised before prices were, covered by the account, in
    order; and the others.
    """
    reserved = reservations.is_open(transaction, [charges.act_of(one.document) for one in made])
    left: dict[FirmId, Cents] = {}
    affordable: list[Made] = []
    short: list[Failed] = []
    for one in made:
        route = Route.of(one.document)
        if charges.act_of(one.document) in reserved:
            affordable.append(one)
            continue
        if route.account not in left:
            left[route.account] = ledger.affordable(transaction, route.account)
        if route.price <= left[route.account]:
            left[route.account] = Cents(left[route.account] - route.price)
            affordable.append(one)
        else:
            short.append(Failed(one.document, charges.no_credit(left[route.account])))
    return affordable, short


def _changes(one: Made) -> Changes:
    sealed = one.sealed
    file = SealedFile(sealed.digest, sealed.size, sealed.sealed_at, plain_sealed(sealed))
    return Changes(sealed=file, pages=sealed.inspection.pages)


def _told(one: Made, under: Delegation | None) -> dict[str, object]:
    route = Route.of(one.document)
    return {
        "act": charges.act_of(one.document),
        "digest": one.sealed.digest,
        "level": one.sealed.level.value,
        "rung": one.sealed.inspection.rung.value,
        "compared": one.sealed.compared,
        "rule": one.document.rule,
        "person": one.document.person,
        "firm": route.firm,
        **warrant.told_of(under),
        **({"mandate": route.mandate} if route.mandate else {}),
        **({"test": True} if route.test else {}),
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
) -> list[Failed]:
    """Retry what a service failed, for a day; reject or hold the rest, as the error's class says; that rest."""
    if not failures:
        return []
    now = documents.get_many(transaction, [one.document.id for one in failures])
    ours = [one for one, found in zip(failures, now, strict=True) if _is_awaited(one.document, found)]
    delay = retry_delay(batch.attempt)
    again = [one.document.id for one in ours if delay is not None and isinstance(one.error, ServiceError)]
    if delay is not None:
        promise_again(transaction, batch, again, engine=engine, at=at, delay=delay)
    ended = [one for one in ours if one.document.id not in again]
    documents.move_many(transaction, [_end(one) for one in ended], at=at)
    told = [one.document.id for one in ended]
    reservations.release(transaction, told, at=at)
    journal.record_many(transaction, [_ended(one.document.id, one.error) for one in ended], at=at)
    promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)
    return ended


def _end(one: Failed) -> Move:
    error = one.error
    hold = Hold(error.message, outcomes.code_of(error), error.hint, held_from=DocumentState.RECOGNISED)
    state = DocumentState.REJECTED if error.disposition is Disposition.REJECT else DocumentState.HELD
    changes = Changes(hold=hold)
    if isinstance(error, NotAllowed):
        changes["epoch"] = one.document.epoch + 1
    return Move(one.document.id, DocumentState.AUTHORISED, state, changes)


def _ended(document: DocumentId, error: JesignError) -> Entry:
    event = Event.REJECTED if error.disposition is Disposition.REJECT else Event.HELD
    return event, document, {"code": outcomes.code_of(error).value, "reason": error.message.fr}
