"""Nodes: which machines live, which one leads, and what has been seen once already."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jesignd.store import rows
from jesignd.store.columns import Instant
from jesignd.store.database import connection
from jesignd.store.schema import leases, nodes, seen_producers

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction

_MICROSECONDS = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A machine that runs jesignd, as last heard."""

    id: str
    seen: datetime.datetime
    version: str
    status: Mapping[str, Any]


def now(tx: Transaction) -> datetime.datetime:
    """The instant by the database's clock, the only one that all machines share."""
    expression = sa.literal_column(_MICROSECONDS[connection(tx).dialect.name], Instant())
    instant: datetime.datetime = connection(tx).execute(sa.select(expression)).scalar_one()
    return instant


def heartbeat(tx: Transaction, node: str, *, version: str, status: Mapping[str, object]) -> None:
    """Say that this node lives, by the database's clock, and how it is."""
    rows.put(tx, nodes, [{"id": node, "seen": now(tx), "version": version, "status": dict(status)}])


def list_nodes(tx: Transaction) -> list[Node]:
    """Every node ever heard and not forgotten, by id."""
    query = sa.select(nodes).order_by(nodes.c.id)
    return [Node(row.id, row.seen, row.version, row.status) for row in connection(tx).execute(query)]


def silent(tx: Transaction, span: datetime.timedelta) -> list[str]:
    """The nodes not heard for that long: dead, as far as their work goes."""
    query = sa.select(nodes.c.id).where(nodes.c.seen < now(tx) - span).order_by(nodes.c.id)
    return list(connection(tx).execute(query).scalars())


def forget(tx: Transaction, node: str) -> None:
    """Strike a node off, once its work has been taken over."""
    connection(tx).execute(sa.delete(nodes).where(nodes.c.id == node))


def lead(tx: Transaction, name: str, owner: str, *, span: datetime.timedelta) -> int | None:
    """The fencing token when this owner leads for the span to come; None when somebody else does.

    The token grows with each grant. The leader must stop acting at two thirds of the span, by its own monotonic clock.
    """
    instant = now(tx)
    row = connection(tx).execute(sa.select(leases).where(leases.c.name == name)).one_or_none()
    if row is not None and row.owner != owner and row.until >= instant:
        return None
    token = 1 if row is None else int(row.token) + 1
    rows.put(tx, leases, [{"name": name, "owner": owner, "token": token, "until": instant + span}])
    return token


def resign(tx: Transaction, name: str, owner: str) -> None:
    """Let somebody else lead at once."""
    statement = sa.update(leases).where(leases.c.name == name, leases.c.owner == owner)
    connection(tx).execute(statement.values(until=now(tx) - datetime.timedelta(microseconds=1)))


def first_time(tx: Transaction, producer: str) -> bool:
    """Whether no document of this producer has been met before; it has from now on."""
    return bool(rows.insert_new(tx, seen_producers, [{"producer": producer}], key=seen_producers.c.producer))
