"""Mandate: record what clients allowed, and find the mandate a document needs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from jesignd.domain import mandates as rules
from jesignd.domain.delegations import Operation, Subject
from jesignd.domain.events import Event
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.errors import NotAllowed, Words
from jesignd.flow.acting import demand
from jesignd.store import journal, mandates

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from jesignd.domain.documents import DocumentKind
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import FirmId
    from jesignd.domain.terms import Terms
    from jesignd.store.database import Database


def record(wish: Mandate, *, database: Database, terms: Terms, clock: Callable[[], datetime.datetime]) -> Mandate:
    """Keep a mandate; whoever may prepare for the firm may record one. Its id and instant are given here.

    Raises:
        NotAllowed: no such right, no reference, or the days are the wrong way round.
    """
    if not wish.reference.strip() or not wish.client_code.strip():
        raise NotAllowed(Words("il manque la référence ou le dossier", "reference or client is missing"))
    if wish.last_day is not None and wish.last_day < wish.first_day:
        raise NotAllowed(Words("le mandat finit avant de commencer", "it ends before it starts"))
    with database.transaction() as transaction:
        at = clock()
        subject = Subject(wish.firm, client_code=wish.client_code)
        demand(transaction, wish.recorded_by, Operation.PREPARE_SIGNING, subject=subject, terms=terms, at=at)
        mandate = Mandate(
            id=MandateId(f"man_{uuid.uuid4().hex}"),
            firm=wish.firm,
            client_code=wish.client_code.strip(),
            reference=wish.reference.strip(),
            first_day=wish.first_day,
            recorded_by=wish.recorded_by,
            recorded_at=at,
            kinds=wish.kinds,
            last_day=wish.last_day,
        )
        mandates.insert(transaction, mandate)
        told = {"mandate": mandate.id, "firm": mandate.firm, "by": mandate.recorded_by}
        journal.record(transaction, Event.MANDATE_RECORDED, None, told, at=at)
    return mandate


def end(named: str, *, database: Database, clock: Callable[[], datetime.datetime], by: str) -> Mandate:
    """End a mandate: documents that come from now on wait for another.

    Raises:
        NotFound: none, several, or it has ended.
    """
    with database.transaction() as transaction:
        at = clock()
        mandate = mandates.end(transaction, named, at=at)
        journal.record(transaction, Event.MANDATE_ENDED, None, {"mandate": mandate.id, "by": by}, at=at)
    return mandate


def find(
    transaction: Transaction, firm: FirmId, kind: DocumentKind, *, client_code: str, at: datetime.datetime
) -> Mandate | None:
    """The mandate under which a document of this kind may go on for this client; None: it holds (`rules.missing`)."""
    known = mandates.of_client(transaction, firm, client_code)
    return rules.found(known, firm=firm, kind=kind, client_code=client_code, at=at)


class Mandates:
    """What these clients allowed, gathered once for a batch."""

    def __init__(self, transaction: Transaction, clients: Sequence[str]) -> None:
        self._by_client: dict[str, list[Mandate]] = {}
        for one in mandates.of_clients(transaction, clients):
            self._by_client.setdefault(one.client_code.casefold(), []).append(one)

    def of(self, client_code: str) -> Sequence[Mandate]:
        """Every mandate of this client, to whichever firm."""
        return self._by_client.get(client_code.casefold(), ())


def may_go_on(
    transaction: Transaction,
    firm: FirmId,
    kind: DocumentKind,
    *,
    client_code: str,
    needing: frozenset[DocumentKind],
    at: datetime.datetime,
) -> Mandate | None:
    """The mandate used, or None where this kind needs none.

    Raises:
        NotAllowed: the kind needs one, and there is none; says which and what to do.
    """
    if kind not in needing:
        return None
    mandate = find(transaction, firm, kind, client_code=client_code, at=at)
    if mandate is None:
        reason, hint = rules.missing(kind, client_code)
        raise NotAllowed(reason, hint=hint)
    return mandate
