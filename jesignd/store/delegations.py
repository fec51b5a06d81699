"""Delegations: grants with their signed statements, what befell them, absences, and every act with its authority."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import (
    Absence,
    Delegation,
    DelegationId,
    Grant,
    Operation,
    Revocation,
    Scope,
    Used,
)
from jesignd.domain.documents import Digest, DocumentId, DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.people import AccountId, Email, FirmId
from jesignd.errors import NotFound, Words
from jesignd.store import rows
from jesignd.store.database import connection
from jesignd.store.people_tables import absences, delegations
from jesignd.store.people_tables import acts as table

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Act:
    """Something done by a person for a firm; `statement` is the digest of the delegation it was done under."""

    id: str
    person: AccountId
    firm: FirmId
    operation: Operation
    at: datetime.datetime
    document: DocumentId | None = None
    kind: DocumentKind | None = None
    client_code: str | None = None
    cents: Cents = Cents(0)  # noqa: RUF009 - a NewType of int
    delegation: DelegationId | None = None
    statement: Digest | None = None


def insert(tx: Transaction, delegation: Delegation, statement: str) -> None:
    """Keep a grant and the statement its accountant signed."""
    grant, scope = delegation.grant, delegation.grant.scope
    connection(tx).execute(
        sa.insert(delegations).values(
            id=grant.id,
            firm=grant.firm,
            granted_by=grant.granted_by,
            email=grant.email,
            holder=delegation.holder,
            received_at=delegation.received_at,
            rights=sorted(grant.rights),
            first_day=grant.first_day,
            last_day=grant.last_day,
            scope={
                "kinds": sorted(kind.code for kind in scope.kinds),
                "clients": list(scope.clients),
                "acts": scope.acts,
                "cents": scope.cents,
            },
            granted_at=grant.granted_at,
            statement=statement,
            digest=delegation.statement,
        )
    )


def get(tx: Transaction, named: str) -> Delegation:
    """The delegation whose id begins so.

    Raises:
        NotFound: none, or several.
    """
    beginning = named if named.startswith("del_") else f"del_{named}"
    query = sa.select(delegations).where(delegations.c.id.startswith(beginning, autoescape=True)).limit(2)
    found = connection(tx).execute(query).all()
    if len(found) != 1:
        raise NotFound(
            Words(f"délégation inconnue ou ambiguë : {named}", f"unknown or ambiguous delegation: {named}"),
            hint=Words("jesignd delegation list les montre", "jesignd delegation list shows them"),
        )
    return _delegation(found[0])


def statements(tx: Transaction, delegation: DelegationId) -> tuple[str, str | None]:
    """What was signed: the grant, and the revocation if there is one."""
    query = sa.select(delegations.c.statement, delegations.c.revocation).where(delegations.c.id == delegation)
    row = connection(tx).execute(query).one()
    return row.statement, row.revocation


def given_by(tx: Transaction, person: AccountId) -> list[Delegation]:
    """What this person granted, newest first."""
    return _listed(tx, delegations.c.granted_by == person)


def received_by(tx: Transaction, person: AccountId) -> list[Delegation]:
    """What this person was granted, newest first."""
    return _listed(tx, delegations.c.holder == person)


def of_firm(tx: Transaction, firm: FirmId) -> list[Delegation]:
    """Everything granted in this firm, newest first."""
    return _listed(tx, delegations.c.firm == firm)


def bind(tx: Transaction, email: Email, holder: AccountId, *, at: datetime.datetime) -> list[Delegation]:
    """Hand what waited for this address to the account that now has it; what was handed over."""
    this = (delegations.c.email == email) & delegations.c.holder.is_(None) & delegations.c.revoked_at.is_(None)
    waiting = [one.id for one in _listed(tx, this)]
    bound = delegations.c.id.in_(waiting)
    connection(tx).execute(sa.update(delegations).where(bound).values(holder=holder, received_at=at))
    return _listed(tx, bound)


def revoke(tx: Transaction, delegation: DelegationId, *, revocation: Revocation, statement: str) -> bool:
    """End a delegation; False when it was revoked before."""
    this = (delegations.c.id == delegation) & delegations.c.revoked_at.is_(None)
    values = {
        "revoked_at": revocation.at,
        "revoked_by": revocation.by,
        "revocation": statement,
        "revocation_digest": revocation.statement,
    }
    return connection(tx).execute(sa.update(delegations).where(this).values(**values)).rowcount == 1


def used(tx: Transaction, ids: Sequence[DelegationId]) -> dict[DelegationId, Used]:
    """What has been done under each of these delegations."""
    query = (
        sa.select(table.c.delegation, sa.func.count(), sa.func.coalesce(sa.func.sum(table.c.cents), 0))
        .where(table.c.delegation.in_(ids))
        .group_by(table.c.delegation)
    )
    counted = {row[0]: Used(int(row[1]), Cents(int(row[2]))) for row in connection(tx).execute(query)}
    return {one: counted.get(one, Used()) for one in ids}


def record_acts(tx: Transaction, done: Sequence[Act]) -> frozenset[str]:
    """Write down what was done; the ids of the acts that are new, the others having been told before."""
    values: list[dict[str, object]] = [
        {
            "id": one.id,
            "person": one.person,
            "firm": one.firm,
            "operation": one.operation,
            "document": one.document,
            "kind": one.kind.code if one.kind else None,
            "client_code": one.client_code,
            "cents": one.cents,
            "at": one.at,
            "delegation": one.delegation,
            "statement": one.statement,
        }
        for one in done
    ]
    return rows.insert_new(tx, table, values, key=table.c.id)


def acts_under(tx: Transaction, delegation: DelegationId) -> list[Act]:
    """Everything done under this delegation, oldest first."""
    query = sa.select(table).where(table.c.delegation == delegation).order_by(table.c.at, table.c.id)
    return [_act(row) for row in connection(tx).execute(query)]


def acts(tx: Transaction, ids: Sequence[str]) -> dict[str, Act]:
    """Those of these acts that were written down, by id."""
    query = sa.select(table).where(table.c.id.in_(ids))
    return {row.id: _act(row) for row in connection(tx).execute(query)}


def acts_on(tx: Transaction, these: Sequence[DocumentId]) -> list[Act]:
    """Everything done with these documents, oldest first."""
    found: list[Act] = []
    for start in range(0, len(these), _CHUNK):
        query = sa.select(table).where(table.c.document.in_(these[start : start + _CHUNK]))
        found += [_act(row) for row in connection(tx).execute(query.order_by(table.c.at, table.c.id))]
    return found


def declare_absence(tx: Transaction, absence: Absence, *, by: AccountId, at: datetime.datetime) -> None:
    """Keep an absence."""
    connection(tx).execute(
        sa.insert(absences).values(
            id=f"abs_{uuid.uuid4().hex}",
            firm=absence.firm,
            absent=absence.absent,
            stand_in=absence.stand_in,
            first_day=absence.first_day,
            last_day=absence.last_day,
            declared_by=by,
            declared_at=at,
        )
    )


def end_absences(tx: Transaction, firm: FirmId, absent: AccountId, *, at: datetime.datetime) -> int:
    """The person is back: end every absence of theirs in this firm; how many."""
    this = (absences.c.firm == firm) & (absences.c.absent == absent) & absences.c.ended_at.is_(None)
    return connection(tx).execute(sa.update(absences).where(this).values(ended_at=at)).rowcount


def absences_in(tx: Transaction, firm: FirmId) -> list[Absence]:
    """Every absence in this firm, the latest declared first: where two overlap, the latest counts."""
    query = sa.select(absences).where(absences.c.firm == firm).order_by(absences.c.declared_at.desc(), absences.c.id)
    return [
        Absence(
            FirmId(row.firm),
            AccountId(row.absent),
            AccountId(row.stand_in),
            row.first_day,
            row.last_day,
            row.ended_at,
        )
        for row in connection(tx).execute(query)
    ]


def _listed(tx: Transaction, this: sa.ColumnElement[bool]) -> list[Delegation]:
    query = sa.select(delegations).where(this).order_by(delegations.c.granted_at.desc(), delegations.c.id)
    return [_delegation(row) for row in connection(tx).execute(query)]


def _delegation(row: Any) -> Delegation:
    scope = Scope(
        frozenset(DocumentKind(code) for code in row.scope["kinds"]),
        tuple(row.scope["clients"]),
        row.scope["acts"],
        row.scope["cents"],
    )
    grant = Grant(
        DelegationId(row.id),
        FirmId(row.firm),
        AccountId(row.granted_by),
        Email(row.email),
        frozenset(Right(one) for one in row.rights),
        row.first_day,
        row.last_day,
        row.granted_at,
        scope,
    )
    revocation = None
    if row.revoked_at is not None:
        revocation = Revocation(row.revoked_at, AccountId(row.revoked_by), Digest(row.revocation_digest))
    return Delegation(grant, Digest(row.digest), row.holder, row.received_at, revocation)


def _act(row: Any) -> Act:
    return Act(
        row.id,
        AccountId(row.person),
        FirmId(row.firm),
        Operation(row.operation),
        row.at,
        row.document,
        DocumentKind(row.kind) if row.kind else None,
        row.client_code,
        Cents(row.cents),
        row.delegation,
        row.statement,
    )
