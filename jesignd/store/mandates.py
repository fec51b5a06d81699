"""Mandates: what clients allowed the firm, by client."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.documents import DocumentKind
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.people import AccountId, FirmId
from jesignd.errors import NotFound, Words
from jesignd.store.database import connection
from jesignd.store.people_tables import mandates

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction

_CHUNK = 500


def insert(tx: Transaction, mandate: Mandate) -> None:
    """Keep a mandate."""
    connection(tx).execute(
        sa.insert(mandates).values(
            id=mandate.id,
            firm=mandate.firm,
            client_code=mandate.client_code,
            kinds=sorted(kind.code for kind in mandate.kinds),
            reference=mandate.reference,
            first_day=mandate.first_day,
            last_day=mandate.last_day,
            recorded_by=mandate.recorded_by,
            recorded_at=mandate.recorded_at,
        )
    )


def end(tx: Transaction, named: str, *, at: datetime.datetime) -> Mandate:
    """End the mandate whose id begins so.

    Raises:
        NotFound: none, several, or it has ended.
    """
    beginning = named if named.startswith("man_") else f"man_{named}"
    this = mandates.c.id.startswith(beginning, autoescape=True) & mandates.c.ended_at.is_(None)
    found = connection(tx).execute(sa.select(mandates).where(this).limit(2)).all()
    if len(found) != 1:
        raise NotFound(
            Words(f"mandat inconnu, ambigu ou terminé : {named}", f"unknown, ambiguous or ended mandate: {named}"),
            hint=Words("jesignd mandate list les montre", "jesignd mandate list shows them"),
        )
    connection(tx).execute(sa.update(mandates).where(mandates.c.id == found[0].id).values(ended_at=at))
    return _mandate(found[0])


def of_client(tx: Transaction, firm: FirmId, client_code: str) -> list[Mandate]:
    """Every mandate of this client to this firm, newest first, whatever the case of the code."""
    this = (mandates.c.firm == firm) & (sa.func.lower(mandates.c.client_code) == client_code.lower())
    return _listed(tx, this)


def of_clients(tx: Transaction, clients: Sequence[str]) -> list[Mandate]:
    """Every mandate of these clients, to whichever firm, newest first."""
    codes = sorted({one.lower() for one in clients})
    found: list[Mandate] = []
    for start in range(0, len(codes), _CHUNK):
        found += _listed(tx, sa.func.lower(mandates.c.client_code).in_(codes[start : start + _CHUNK]))
    return found


def of_firm(tx: Transaction, firm: FirmId) -> list[Mandate]:
    """Every mandate to this firm, newest first."""
    return _listed(tx, mandates.c.firm == firm)


def _listed(tx: Transaction, this: sa.ColumnElement[bool]) -> list[Mandate]:
    query = sa.select(mandates).where(this).order_by(mandates.c.recorded_at.desc(), mandates.c.id)
    return [_mandate(row) for row in connection(tx).execute(query)]


def _mandate(row: Any) -> Mandate:
    return Mandate(
        id=MandateId(row.id),
        firm=FirmId(row.firm),
        client_code=row.client_code,
        reference=row.reference,
        first_day=row.first_day,
        recorded_by=AccountId(row.recorded_by),
        recorded_at=row.recorded_at,
        kinds=frozenset(DocumentKind(code) for code in row.kinds),
        last_day=row.last_day,
        ended_at=row.ended_at,
    )
