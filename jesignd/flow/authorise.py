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
from jesignd.flow import charges
from jesignd.flow.promises import promise_each
from jesignd.flow.records import Route, recognised_from
from jesignd.store import documents, journal, ledger, reservations, stages
from jesignd.store.documents import Changes, Document, Kin, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from jesignd.store.database import Database
    from jesignd.store.journal import Entry

log = logging.getLogger(__name__)

_NEVER = Cents(0)


@dataclass(frozen=True, slots=True)
class Office:
    """What the configuration says that a decision rests on."""

    folders: Mapping[str, WatchedFolder]
    people: Mapping[str, Person]
    rules: Sequence[Rule]
    prices: Prices
    warn_below: Cents = _NEVER
    """Credit under which the firm is warned."""


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
        waiting = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.RECOGNISED
        ]
        ready, told = _decide_all(transaction, waiting, office=office, at=at)
        charges.watch_balance(transaction, warn_below=office.warn_below, at=at)
        stages.finish(transaction, Stage.AUTHORISE, batch.documents)
        promise_each(transaction, Stage.SEAL, ready, engine=engine, at=at)
        promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)
    log.info("authorised documents=%d other=%d", len(ready), len(told))


def _decide_all(
    transaction: Transaction, waiting: Sequence[Document], *, office: Office, at: datetime.datetime
) -> tuple[list[DocumentId], list[DocumentId]]:
    """Decide one after the other, each knowing what the former became; those to seal, and those to be told of."""
    spending = _Spending(transaction, at)
    relations = _Relations(documents.kin_of(transaction, waiting))
    writing = _Writing(transaction, at)
    told: list[DocumentId] = []
    for document in waiting:
        if relations.state_of(document.id) is not DocumentState.RECOGNISED:
            continue  # a later export of this batch has replaced it
        case = _case(document, relations.priors(document), office=office, at=at, balance=spending.balance)
        outcome, decision = authorise(case)
        state, event, changes = _consequence(outcome, document, office)
        move = Move(document.id, DocumentState.RECOGNISED, state, changes)
        writing.write(move, (event, document.id, {**_told(outcome), "considered": _considered(decision)}))
        relations.became(document.id, state)
        if isinstance(outcome, Authorised | Drafted):
            _replace(outcome.replaces, by=document.id, relations=relations, writing=writing)
            spending.give_back(outcome.replaces)
            told += outcome.replaces
        if isinstance(outcome, Authorised):
            spending.foresee(document, _route(outcome))
        else:
            told.append(document.id)
    writing.flush()
    spending.reserve(office.prices)
    return list(spending.foreseen), told


def foresee(
    transaction: Transaction, document: Document, *, office: Office, at: datetime.datetime
) -> tuple[Outcome, Decision]:
    """What would be decided about a recognised document, which need not be in the store; nothing is written."""
    relations = _Relations(documents.kin_of(transaction, [document]))
    balance: Cents = ledger.affordable(transaction)
    return authorise(_case(document, relations.priors(document), office=office, at=at, balance=balance))


class _Spending:
    """What is left to spend while a batch is decided, and what is to be reserved for it in the end."""

    def __init__(self, transaction: Transaction, at: datetime.datetime) -> None:
        self._transaction = transaction
        self._at = at
        self.foreseen: dict[DocumentId, tuple[Document, Route]] = {}
        self.balance: Cents = ledger.affordable(transaction)

    def foresee(self, document: Document, route: Route) -> None:
        """This document is authorised."""
        self.foreseen[document.id] = (document, route)
        self.balance = Cents(self.balance - route.price)

    def give_back(self, replaced: Sequence[DocumentId]) -> None:
        """These are not sealed any more, whether authorised in this batch or long before."""
        freed = [self.foreseen.pop(one)[1].price for one in replaced if one in self.foreseen]
        released = reservations.release(self._transaction, replaced, at=self._at) if replaced else Cents(0)
        self.balance = Cents(self.balance + sum(freed) + released)

    def reserve(self, prices: Prices) -> None:
        """Set aside what those still authorised will cost."""
        charges.reserve(self._transaction, self.foreseen, at=self._at, vat=prices.vat)


def _case(
    document: Document, priors: tuple[Prior, ...], *, office: Office, at: datetime.datetime, balance: Cents
) -> Case:
    """What the decision on one document rests on."""
    folder = office.folders.get(document.claimed.folder)
    return Case(
        facts=facts_of(document, recognised_from(document.recognition or {})),
        rules=office.rules,
        person=office.people.get(folder.acts_as) if folder else None,
        on=day(at),
        balance=balance,
        prices=office.prices,
        priors=priors,
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


class _Relations:
    """Which documents repeat which, and where each stands at this moment of the batch."""

    def __init__(self, kin: Sequence[Kin]) -> None:
        self._states = {one.id: one.state for one in kin}
        self._by_content: dict[str, list[Kin]] = {}
        self._by_origin: dict[tuple[str, str | None], list[Kin]] = {}
        for one in kin:
            self._by_content.setdefault(one.digest, []).append(one)
            self._by_origin.setdefault((one.folder, one.origin_key), []).append(one)

    def state_of(self, document: DocumentId) -> DocumentState:
        """Where it stands now."""
        return self._states[document]

    def became(self, document: DocumentId, state: DocumentState) -> None:
        """It stands there from now on."""
        self._states[document] = state

    def priors(self, document: Document) -> tuple[Prior, ...]:
        """Documents known before this one that share contents or origin.

        Those that came to nothing do not count, nor those nobody has recognised: a badly named file dropped again under
        its right name is no suspect. Nor does a trial: what it sealed is worth nothing, the real seal is still to come.
        Of two that wait to be decided, the one received first goes first.
        """
        contents = {one.id: one for one in self._by_content.get(document.claimed.digest, ())}
        key = (document.claimed.folder, document.origin_key)
        origins = {one.id: one for one in self._by_origin.get(key, ()) if document.origin_key is not None}
        return tuple(
            Prior(one.id, self._states[one.id], one.id in contents, one.id in origins)
            for one in {**contents, **origins}.values()
            if one.id != document.id and self._counts(one, document)
        )

    def _counts(self, one: Kin, document: Document) -> bool:
        state = self._states[one.id]
        undecided_later = state is DocumentState.RECOGNISED and one.sequence > document.sequence
        trial = one.test and state in _MADE
        return one.origin_key is not None and state not in _CAME_TO_NOTHING and not undecided_later and not trial


_CAME_TO_NOTHING = frozenset({DocumentState.REJECTED, DocumentState.DUPLICATE, DocumentState.REPLACED})
_MADE = frozenset({DocumentState.AUTHORISED, DocumentState.SEALED, DocumentState.DELIVERED})


class _Writing:
    """Moves and what is told of them, written together as far as no document moves twice."""

    def __init__(self, transaction: Transaction, at: datetime.datetime) -> None:
        self._transaction = transaction
        self._at = at
        self._moves: dict[DocumentId, Move] = {}
        self._entries: list[Entry] = []

    def write(self, move: Move, entry: Entry) -> None:
        """Write this, at the latest by `flush`."""
        if move.document in self._moves:
            self.flush()
        self._moves[move.document] = move
        self._entries.append(entry)

    def flush(self) -> None:
        """Write what is not written yet."""
        moved = documents.move_many(self._transaction, list(self._moves.values()), at=self._at)
        entries = [entry for entry in self._entries if entry[1] in moved]
        journal.record_many(self._transaction, entries, at=self._at)
        self._moves, self._entries = {}, []


def _considered(decision: Decision) -> list[dict[str, object]]:
    return [
        {
            "rule": one.rule,
            "place": one.place,
            "failed": [{"on": bad.condition, "wanted": bad.wanted, "found": bad.found} for bad in one.failed],
        }
        for one in decision.considered
    ]


def _consequence(outcome: Outcome, document: Document, office: Office) -> tuple[DocumentState, Event, Changes]:
    if isinstance(outcome, Authorised):
        person = office.folders[document.claimed.folder].acts_as
        changes = Changes(rule=outcome.rule.name, route=_route(outcome).plain(), person=person)
        return DocumentState.AUTHORISED, Event.AUTHORISED, changes
    if isinstance(outcome, Drafted):
        return DocumentState.DRAFT, Event.DRAFTED, Changes(rule=outcome.rule.name)
    if isinstance(outcome, Duplicate):
        return DocumentState.DUPLICATE, Event.DUPLICATE, Changes(route={"duplicate_of": outcome.of})
    hold = Hold(outcome.reason, outcome.code, outcome.hint, held_from=DocumentState.RECOGNISED)
    return DocumentState.HELD, Event.HELD, Changes(hold=hold)


def _route(outcome: Authorised) -> Route:
    rule = outcome.rule
    return Route(rule.profile or rule.name, rule.destinations, outcome.price, rule.test)


def _told(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Authorised | Drafted):
        trial = {"test": True} if outcome.rule.test else {}
        return {"rule": outcome.rule.name, "place": outcome.rule.place, **trial}
    if isinstance(outcome, Duplicate):
        return {"of": outcome.of}
    return {"code": outcome.code.value}


def _replace(replaced: Sequence[DocumentId], *, by: DocumentId, relations: _Relations, writing: _Writing) -> None:
    """An earlier export that was not sealed yet gives way to the later one."""
    for older in replaced:
        move = Move(older, relations.state_of(older), DocumentState.REPLACED, Changes(route={"replaced_by": by}))
        writing.write(move, (Event.REPLACED, older, {"by": by}))
        relations.became(older, DocumentState.REPLACED)
