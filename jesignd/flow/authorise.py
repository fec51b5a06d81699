"""Authorise: decide for each recognised document, inside the transaction that writes the decision down."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.authorisation import Authorised, Case, Drafted, Duplicate, Outcome, authorise
from jesignd.domain.authorisation import Hold as Held
from jesignd.domain.credit import ONLY_FIRM, Cents, Prices
from jesignd.domain.delegations import Allowed, Operation
from jesignd.domain.documents import DocumentId, DocumentKind, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.firm import ActingFirm
from jesignd.domain.folders import WatchedFolder
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction
from jesignd.domain.people import FirmId
from jesignd.domain.recognition import Recognised
from jesignd.domain.routing import Decision, Facts, Rule
from jesignd.domain.sealing import profile_name
from jesignd.domain.terms import DEFAULT, Terms
from jesignd.flow import charges
from jesignd.flow.mandate import Mandates
from jesignd.flow.promises import promise_each
from jesignd.flow.records import Route, recognised_from
from jesignd.flow.relations import Relations
from jesignd.flow.spending import Spending
from jesignd.flow.standing import Standings
from jesignd.flow.warrant import told_of
from jesignd.store import documents, journal, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from jesignd.store.database import Database
    from jesignd.store.journal import Entry

log = logging.getLogger(__name__)

_NEVER = Cents(0)
_NO_FIRM = ActingFirm(FirmId(""), ONLY_FIRM)


@dataclass(frozen=True, slots=True)
class Office:
    """What the configuration says that a decision rests on."""

    folders: Mapping[str, WatchedFolder]
    firms: Mapping[str, ActingFirm]
    """By the SIREN that a folder names; under the empty one, the main firm."""
    rules: Sequence[Rule]
    prices: Prices
    terms: Terms = DEFAULT
    mandates_for: frozenset[DocumentKind] = frozenset()
    """Kinds that need a client's mandate."""
    warn_below: Cents = _NEVER
    """Credit under which a firm is warned."""

    def firm_of(self, folder: WatchedFolder | None) -> ActingFirm:
        """The firm whose rights and credit count in this folder; nobody's, where it is no longer configured."""
        return self.firms.get(folder.firm if folder is not None else "", _NO_FIRM)


def authorise_batch(
    batch: Batch,
    *,
    database: Database,
    office: Office,
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Give each document of the batch its route, or hold it with the reason and the remedy."""
    with database.transaction() as transaction:
        at = clock()
        waiting = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.RECOGNISED
        ]
        ready, told = _decide_all(transaction, waiting, office=office, at=at)
        for account in dict.fromkeys(firm.account for firm in office.firms.values()):
            charges.watch_balance(transaction, warn_below=office.warn_below, at=at, firm=account)
        stages.finish(transaction, Stage.AUTHORISE, batch.documents)
        promise_each(transaction, Stage.SEAL, ready, engine=engine, at=at)
        promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)
    log.info("authorised documents=%d other=%d", len(ready), len(told))


def _decide_all(
    transaction: Transaction, waiting: Sequence[Document], *, office: Office, at: datetime.datetime
) -> tuple[list[DocumentId], list[DocumentId]]:
    """Decide one after the other, each knowing what the former became; those to seal, and those to be told of."""
    bearing = _Bearing(transaction, waiting, office=office, at=at)
    spending, relations = bearing.spending, bearing.relations
    writing = _Writing(transaction, at)
    before = journal.latest_of(transaction, Event.HELD, [one.id for one in waiting])
    told: list[DocumentId] = []
    for document in waiting:
        if relations.state_of(document.id) is not DocumentState.RECOGNISED:
            continue  # a later export of this batch has replaced it
        case = bearing.case(document)
        outcome, decision = authorise(case)
        state, event, changes = _consequence(outcome, case, office)
        move = Move(document.id, DocumentState.RECOGNISED, state, changes)
        writing.write(move, (event, document.id, {**_told(outcome), "considered": _considered(decision)}))
        relations.became(document.id, state)
        if isinstance(outcome, Authorised | Drafted):
            _replace(outcome.replaces, by=document.id, relations=relations, writing=writing)
            spending.give_back(outcome.replaces)
            told += outcome.replaces
        if isinstance(outcome, Authorised):
            bearing.count(case, outcome)
            spending.foresee(document, _route(outcome, case, office))
        elif not _is_told(outcome, before.get(document.id)):
            told.append(document.id)
    writing.flush()
    spending.reserve(office.prices.vat)
    return list(spending.foreseen), told


def foresee(
    transaction: Transaction, document: Document, *, office: Office, at: datetime.datetime
) -> tuple[Outcome, Decision]:
    """What would be decided about a recognised document, which need not be in the store; nothing is written."""
    return authorise(_Bearing(transaction, [document], office=office, at=at).case(document))


class _Bearing:
    """Everything in the store that bears on a batch, gathered at once."""

    def __init__(
        self, transaction: Transaction, waiting: Sequence[Document], *, office: Office, at: datetime.datetime
    ) -> None:
        self._office = office
        self._at = at
        self._recognised = {one.id: recognised_from(one.recognition or {}) for one in waiting}
        self.relations = Relations(documents.kin_of(transaction, waiting))
        self.spending = Spending(transaction, at)
        self._standings = Standings(transaction, office.terms)
        needing = [self._recognised[one.id] for one in waiting]
        clients = [one.client_code for one in needing if one.kind in office.mandates_for]
        self._mandates = Mandates(transaction, clients)

    def case(self, document: Document) -> Case:
        """What the decision on one document rests on."""
        office, recognised = self._office, self._recognised[document.id]
        folder = office.folders.get(document.claimed.folder)
        firm = office.firm_of(folder)
        acts_as = folder.acts_as if folder is not None else "–"
        return Case(
            facts=facts_of(document, recognised),
            rules=office.rules,
            firm=firm.id,
            acts_as=acts_as,
            standing=self._standings.of(acts_as) if folder is not None else None,
            at=self._at,
            balance=self.spending.balance(firm.account),
            prices=office.prices,
            mandates_for=office.mandates_for,
            mandates=self._mandates.of(recognised.client_code),
            priors=self.relations.priors(document),
            waived=frozenset(document.waived),
        )

    def count(self, case: Case, outcome: Authorised) -> None:
        """One more act, for a delegation that is limited to so many."""
        self._standings.count(case.acts_as, Allowed(Operation.LAUNCH_SEALING, outcome.under), outcome.price)


def facts_of(document: Document, recognised: Recognised) -> Facts:
    """What rules may ask about this document."""
    return Facts(
        folder=document.claimed.folder,
        relative_path=document.claimed.relative_path,
        kind=recognised.kind,
        client_code=recognised.client_code,
        period=recognised.period,
    )


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


def _consequence(outcome: Outcome, case: Case, office: Office) -> tuple[DocumentState, Event, Changes]:
    if isinstance(outcome, Authorised):
        person = case.standing.account.id if case.standing is not None else None
        changes = Changes(rule=outcome.rule.name, route=_route(outcome, case, office).plain(), person=person)
        return DocumentState.AUTHORISED, Event.AUTHORISED, changes
    if isinstance(outcome, Drafted):
        return DocumentState.DRAFT, Event.DRAFTED, Changes(rule=outcome.rule.name)
    if isinstance(outcome, Duplicate):
        return DocumentState.DUPLICATE, Event.DUPLICATE, Changes(route={"duplicate_of": outcome.of})
    hold = Hold(outcome.reason, outcome.code, outcome.hint, held_from=DocumentState.RECOGNISED)
    return DocumentState.HELD, Event.HELD, Changes(hold=hold)


def _route(outcome: Authorised, case: Case, office: Office) -> Route:
    rule, folder = outcome.rule, office.folders[case.facts.folder]
    firm = office.firm_of(folder)
    return Route(
        profile=profile_name(rule.profile or rule.name, folder.firm),
        destinations=rule.destinations,
        price=outcome.price,
        test=rule.test,
        firm=firm.id,
        account=firm.account,
        mandate=outcome.mandate or "",
    )


def _told(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Authorised | Drafted):
        return {
            "rule": outcome.rule.name,
            "place": outcome.rule.place,
            **({"test": True} if outcome.rule.test else {}),
            **told_of(outcome.under),
            **({"mandate": outcome.mandate} if outcome.mandate else {}),
        }
    if isinstance(outcome, Duplicate):
        return {"of": outcome.of}
    return {"code": outcome.code.value, "reason": outcome.reason.fr}


def _is_told(outcome: Outcome, before: Mapping[str, object] | None) -> bool:
    """Whether the sender knows already: it was held, looked at again, and is held for the same reason."""
    if not isinstance(outcome, Held) or before is None:
        return False
    return (before.get("code"), before.get("reason")) == (outcome.code.value, outcome.reason.fr)


def _replace(replaced: Sequence[DocumentId], *, by: DocumentId, relations: Relations, writing: _Writing) -> None:
    """An earlier export that was not sealed yet gives way to the later one."""
    for older in replaced:
        move = Move(older, relations.state_of(older), DocumentState.REPLACED, Changes(route={"replaced_by": by}))
        writing.write(move, (Event.REPLACED, older, {"by": by}))
        relations.became(older, DocumentState.REPLACED)
