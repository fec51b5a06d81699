from __future__ import annotations

import datetime

from jesignd.store import nodes
from jesignd.store.database import Database, connection

SPAN = datetime.timedelta(seconds=30)


def test_the_clock_of_the_database_tells_the_time(database: Database) -> None:
    with database.reading() as tx:
        drift = abs(nodes.now(tx) - datetime.datetime.now(datetime.UTC))
    assert drift < datetime.timedelta(seconds=2)


def test_a_node_not_heard_for_long_is_silent(database: Database) -> None:
    with database.transaction() as tx:
        nodes.heartbeat(tx, "a", version="1", status={"queue": 3})
        nodes.heartbeat(tx, "b", version="1", status={})
        assert nodes.silent(tx, SPAN) == []
        connection(tx).exec_driver_sql("UPDATE nodes SET seen = seen - 60000000 WHERE id = 'b'")
        assert nodes.silent(tx, SPAN) == ["b"]
        nodes.heartbeat(tx, "b", version="2", status={})
        assert nodes.silent(tx, SPAN) == []
        nodes.forget(tx, "a")
        assert [(node.id, node.version) for node in nodes.list_nodes(tx)] == [("b", "2")]


def test_one_leads_until_its_span_ends_or_it_resigns(database: Database) -> None:
    with database.transaction() as tx:
        assert nodes.lead(tx, "timers", "a", span=SPAN) == 1
        assert nodes.lead(tx, "timers", "b", span=SPAN) is None
        assert nodes.lead(tx, "timers", "a", span=SPAN) == 2
        nodes.resign(tx, "timers", "a")
        assert nodes.lead(tx, "timers", "b", span=SPAN) == 3
        assert nodes.lead(tx, "timers", "a", span=SPAN) is None
        connection(tx).exec_driver_sql("UPDATE leases SET until = until - 60000000")
        assert nodes.lead(tx, "timers", "a", span=SPAN) == 4


def test_a_producer_is_new_once(database: Database) -> None:
    with database.transaction() as tx:
        assert nodes.first_time(tx, "Quadra 12")
        assert not nodes.first_time(tx, "Quadra 12")
        assert nodes.first_time(tx, "")
