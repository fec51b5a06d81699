"""Reservations: credit set aside for an act when it is authorised, spent when it is done, given back when it is not.

The price is that of the moment of reserving. Each of the three is a line of the ledger; an act given up and authorised
again reserves anew, under a numbered reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from jesignd.domain.credit import ONLY_FIRM, Account, Cents, VatRate
from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.people import FirmId
from jesignd.store import ledger, rows
from jesignd.store.database import connection
from jesignd.store.ledger import OPEN, Movement
from jesignd.store.schema import documents
from jesignd.store.schema import reservations as table

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from jesignd.domain.jobs import Transaction

_CAPTURED, _RELEASED = "captured", "released"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Act:
    """What is about to be done, and at which price."""

    id: str
    price: Cents
    document: DocumentId | None = None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Credit set aside for an act, or what became of it."""

    act: str
    firm: FirmId
    document: DocumentId | None
    price: Cents
    vat: VatRate | None
    state: str
    round: int
    """1, or more when the act was given up and authorised again."""

    @property
    def numbered(self) -> str:
        """The act's id in the references of this round."""
        return self.act if self.round == 1 else f"{self.act}#{self.round}"


def reserve(
    tx: Transaction,
    acts: Sequence[Act],
    *,
    at: datetime.datetime,
    firm: FirmId = ONLY_FIRM,
    vat: VatRate | None = None,
) -> frozenset[str]:
    """Set credit aside for these acts; the ids of those it was set aside for now, not before, and not yet spent on.

    Raises:
        CreditExhausted: the account does not cover all of them; nothing was set aside.
    """
    known = {one.act: one for one in _find(tx, table.c.act, [act.id for act in acts])}
    spent = ledger.written(tx, [f"act:{act.id}" for act in acts])
    new = {
        act.id: (act, _next(act, known.get(act.id), firm=firm, vat=vat))
        for act in acts
        if f"act:{act.id}" not in spent and (act.id not in known or known[act.id].state == _RELEASED)
    }
    ledger.require(tx, Cents(sum(act.price for act, _ in new.values())), firm=firm)
    _write(tx, [one for _, one in new.values()], at)
    ledger.post(
        tx,
        [
            Movement(f"reserve:{one.numbered}", Account.FIRM, Account.RESERVED, act.price, act.memo, firm, vat)
            for act, one in new.values()
        ],
        at=at,
    )
    return frozenset(new)


def capture(tx: Transaction, acts: Mapping[str, str], *, at: datetime.datetime) -> frozenset[str]:
    """Spend what is reserved for these acts, each with its memo, at the price reserved; those for which something was.

    An act of which the answer does not speak had nothing set aside, or was paid before.
    """
    found = _open(tx, table.c.act, list(acts))
    _close(tx, found, _CAPTURED, at)
    ledger.post(
        tx,
        [
            Movement(f"act:{one.act}", Account.RESERVED, Account.ACTS, one.price, acts[one.act], one.firm, one.vat)
            for one in found
        ],
        at=at,
    )
    return frozenset(one.act for one in found)


def release(tx: Transaction, of: Sequence[DocumentId], *, at: datetime.datetime, memo: str = "") -> Cents:
    """Give back what is reserved for acts on these documents; how much."""
    return _give_back(tx, _open(tx, table.c.document, of), at=at, memo=memo)


def release_acts(tx: Transaction, acts: Sequence[str], *, at: datetime.datetime, memo: str = "") -> Cents:
    """Give back what is reserved for these acts; how much."""
    return _give_back(tx, _open(tx, table.c.act, acts), at=at, memo=memo)


def is_open(tx: Transaction, acts: Sequence[str]) -> frozenset[str]:
    """For which of these acts credit is set aside."""
    return frozenset(one.act for one in _open(tx, table.c.act, acts))


def forgotten(tx: Transaction) -> list[DocumentId]:
    """Documents for which credit is set aside though they are not about to be sealed."""
    awaited = sa.select(documents.c.id).where(
        documents.c.id == table.c.document, documents.c.state == DocumentState.AUTHORISED
    )
    query = sa.select(table.c.document).where(
        table.c.state == OPEN, table.c.document.is_not(None), ~sa.exists(awaited.correlate(table))
    )
    return [DocumentId(one) for one in connection(tx).execute(query.distinct()).scalars()]


def of_document(tx: Transaction, document: DocumentId) -> list[Reservation]:
    """Everything ever set aside for this document."""
    return _find(tx, table.c.document, [document])


def _next(act: Act, last: Reservation | None, *, firm: FirmId, vat: VatRate | None) -> Reservation:
    return Reservation(act.id, firm, act.document, act.price, vat, OPEN, last.round + 1 if last else 1)


def _give_back(tx: Transaction, found: Sequence[Reservation], *, at: datetime.datetime, memo: str) -> Cents:
    _close(tx, found, _RELEASED, at)
    ledger.post(
        tx,
        [
            Movement(f"release:{one.numbered}", Account.RESERVED, Account.FIRM, one.price, memo, one.firm, one.vat)
            for one in found
        ],
        at=at,
    )
    return Cents(sum(one.price for one in found))


def _open(tx: Transaction, column: sa.Column[str], values: Sequence[str]) -> list[Reservation]:
    return [one for one in _find(tx, column, values) if one.state == OPEN]


def _find(tx: Transaction, column: sa.Column[str], values: Sequence[str]) -> list[Reservation]:
    found: list[Reservation] = []
    for chunk in _chunks(list(dict.fromkeys(values))):
        query = sa.select(table).where(column.in_(chunk)).order_by(table.c.act)
        found += [
            Reservation(
                row["act"],
                FirmId(row["firm"]),
                row["document"],
                Cents(row["cents"]),
                row["vat"],
                row["state"],
                row["round"],
            )
            for row in connection(tx).execute(query).mappings()
        ]
    return found


def _write(tx: Transaction, found: Sequence[Reservation], at: datetime.datetime) -> None:
    rows.put(
        tx,
        table,
        [
            {
                "act": one.act,
                "firm": one.firm,
                "document": one.document,
                "cents": one.price,
                "vat": one.vat,
                "state": one.state,
                "round": one.round,
                "at": at,
            }
            for one in found
        ],
    )


def _close(tx: Transaction, found: Sequence[Reservation], state: str, at: datetime.datetime) -> None:
    for chunk in _chunks([one.act for one in found]):
        statement = sa.update(table).where(table.c.act.in_(chunk), table.c.state == OPEN)
        connection(tx).execute(statement.values(state=state, at=at))


def _chunks(items: list[str]) -> Iterable[list[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
