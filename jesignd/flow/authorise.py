"""Authorise: decide for each recognised document, inside the transaction that writes the decision down."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.authorisation import Authorised, Case, Drafted, Duplicate, Outcome, Prior, authorise
from jesignd.domain.credit import Cents, Prices
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.firm import Person
from jesignd.domain.folders import WatchedFolder
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction
from jesignd.domain.paris import day
from jesignd.domain.recognition import Recognised
from jesignd.domain.routing import Decision, Facts, Rule
from jesignd.flow.promises import promise_each
from jesignd.flow.records import Route, recognised_from
from jesignd.store import documents, journal, ledger, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from jesignd.store.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Office:
    """What the configuration says that a decision rests on."""

    folders: Mapping[str, WatchedFolder]
    people: Mapping[str, Person]
    rules: Sequence[Rule]
    prices: Prices


def authorise_batch(
    batch: Batch,
    *,
    database: Database,
    office: Office,
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Give each document of the batch its route, or hold it with the reason and the remedy."""
    at = clock()
    with database.transaction() as transaction:
        ready: dict[DocumentId, Cents] = {}
        told: list[DocumentId] = []
        for document in documents.get_many(transaction, batch.documents):
            if document.state is not DocumentState.RECOGNISED:
                continue
            case = case_of(transaction, document, office=office, at=at, spent=sum(ready.values()))
            outcome, decision = authorise(case)
            if not _write(transaction, document, outcome=outcome, decision=decision, office=office, at=at):
                continue  # one of this batch that came later has replaced it meanwhile
            if isinstance(outcome, Authorised):
                ready[document.id] = outcome.price
            else:
                told.append(document.id)
            if isinstance(outcome, Authorised | Drafted):
                replaced = _replace(transaction, outcome.replaces, by=document.id, at=at)
                ready = {one: price for one, price in ready.items() if one not in replaced}
                told += replaced
        stages.finish(transaction, Stage.AUTHORISE, batch.documents)
        promise_each(transaction, Stage.SEAL, list(ready), engine=engine, at=at)
        promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)
    log.info("authorised documents=%d other=%d", len(ready), len(told))


def case_of(
    transaction: Transaction, document: Document, *, office: Office, at: datetime.datetime, spent: int = 0
) -> Case:
    """Gather what the decision on one document rests on; `spent`: cents promised to others of the same batch."""
    recognised = recognised_from(document.recognition or {})
    folder = office.folders.get(document.claimed.folder)
    balance: Cents = ledger.affordable(transaction)
    return Case(
        facts=facts_of(document, recognised),
        rules=office.rules,
        person=office.people.get(folder.acts_as) if folder else None,
        on=day(at),
        balance=type(balance)(balance - spent),
        prices=office.prices,
        priors=_priors(transaction, document, recognised),
        waived=frozenset(document.waived),
    )


def facts_of(document: Document, recognised: Recognised) -> Facts:
    """What rules may ask about this document."""
    return Facts(
        folder=document.claimed.folder,
        relative_path=document.claimed.relative_path,
        kind=recognised.kind,
        client_code=recognised.client_code,
        period=recognised.period,
    )


def _priors(transaction: Transaction, document: Document, recognised: Recognised) -> tuple[Prior, ...]:
    """Documents known before this one that share contents or origin.

    Those that came to nothing do not count, nor those nobody has recognised: a badly named file dropped again under its
    right name is no suspect. Of two that wait to be decided, the one received first goes first.
    """
    ended = {DocumentState.REJECTED, DocumentState.DUPLICATE, DocumentState.REPLACED}
    contents = documents.same_content(transaction, document.claimed.digest, exclude=document.id)
    origins = documents.same_origin(transaction, document.claimed.folder, recognised.origin_key, exclude=document.id)
    contents_ids = {one.id for one in contents}
    origins_ids = {one.id for one in origins}
    found = {one.id: one for one in (*contents, *origins)}
    return tuple(
        Prior(one.id, one.state, one.id in contents_ids, one.id in origins_ids)
        for one in found.values()
        if one.origin_key is not None
        and one.state not in ended
        and not (one.state is DocumentState.RECOGNISED and one.sequence > document.sequence)
    )


def _write(
    transaction: Transaction,
    document: Document,
    *,
    outcome: Outcome,
    decision: Decision,
    office: Office,
    at: datetime.datetime,
) -> bool:
    """Write the outcome and its event down; False when the document was no longer waiting for one."""
    state, event, changes = _consequence(outcome, document, office)
    moved = documents.move_many(transaction, [Move(document.id, document.state, state, changes)], at=at)
    if document.id not in moved:
        return False
    considered = [
        {
            "rule": one.rule,
            "place": one.place,
            "failed": [{"on": bad.condition, "wanted": bad.wanted, "found": bad.found} for bad in one.failed],
        }
        for one in decision.considered
    ]
    journal.record(transaction, event, document.id, {**_told(outcome), "considered": considered}, at=at)
    return True


def _consequence(outcome: Outcome, document: Document, office: Office) -> tuple[DocumentState, Event, Changes]:
    if isinstance(outcome, Authorised):
        route = Route(outcome.rule.profile or outcome.rule.name, outcome.rule.destinations, outcome.price)
        person = office.folders[document.claimed.folder].acts_as
        changes = Changes(rule=outcome.rule.name, route=route.plain(), person=person)
        return DocumentState.AUTHORISED, Event.AUTHORISED, changes
    if isinstance(outcome, Drafted):
        return DocumentState.DRAFT, Event.DRAFTED, Changes(rule=outcome.rule.name)
    if isinstance(outcome, Duplicate):
        return DocumentState.DUPLICATE, Event.DUPLICATE, Changes(route={"duplicate_of": outcome.of})
    hold = Hold(outcome.reason, outcome.code, outcome.hint, held_from=DocumentState.RECOGNISED)
    return DocumentState.HELD, Event.HELD, Changes(hold=hold)


def _told(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Authorised | Drafted):
        return {"rule": outcome.rule.name, "place": outcome.rule.place}
    if isinstance(outcome, Duplicate):
        return {"of": outcome.of}
    return {"code": outcome.code.value}


def _replace(
    transaction: Transaction, replaced: Sequence[DocumentId], *, by: DocumentId, at: datetime.datetime
) -> list[DocumentId]:
    """Earlier exports that were not sealed yet give way to the later one; those that did."""
    gone: list[DocumentId] = []
    for older in documents.get_many(transaction, replaced):
        move = Move(older.id, older.state, DocumentState.REPLACED, Changes(route={"replaced_by": by}))
        if older.id in documents.move_many(transaction, [move], at=at):
            journal.record(transaction, Event.REPLACED, older.id, {"by": by}, at=at)
            gone.append(older.id)
    return gone
