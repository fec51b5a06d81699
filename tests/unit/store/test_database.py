from __future__ import annotations

import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from jesignd.errors import ServiceError, SettingsError
from jesignd.store import database as room
from jesignd.store import documents, nodes, schema
from jesignd.store.database import Database, connection
from jesignd.store.upgrade import _MIGRATIONS


def test_the_migrations_lead_to_the_tables_of_the_schema(database: Database) -> None:
    with database.transaction() as tx:
        context = MigrationContext.configure(
            connection(tx), opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, schema.metadata) == []


def test_the_schema_names_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


def test_a_database_opened_again_holds_what_was_committed(address: str) -> None:
    first = Database.open(address)
    with first.transaction() as tx:
        assert nodes.first_time(tx, "Quadra")
    first.close()
    again = Database.open(address)
    with again.transaction() as tx:
        assert not nodes.first_time(tx, "Quadra")
    again.close()


def test_a_database_changed_by_a_newer_version_is_refused(address: str) -> None:
    first = Database.open(address)
    with first.transaction() as tx:
        connection(tx).exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    first.close()
    with pytest.raises(SettingsError, match="newer"):
        Database.open(address)


def test_two_that_open_a_new_database_at_once_both_succeed(address: str) -> None:
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(Database.open(address))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for one in opened:
        one.close()


def test_nothing_is_written_when_a_transaction_fails(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as tx:  # noqa: PT012
        nodes.first_time(tx, "Quadra")
        raise RuntimeError
    with database.transaction() as tx:
        assert nodes.first_time(tx, "Quadra")


def test_a_reader_sees_one_moment_and_waits_for_nobody(database: Database) -> None:
    with database.reading() as before:
        assert documents.counts(before) == {}
        with database.transaction() as tx:
            nodes.heartbeat(tx, "a", version="1", status={})
        assert nodes.list_nodes(before) == []
    with database.reading() as after:
        assert [node.id for node in nodes.list_nodes(after)] == ["a"]


def test_writing_while_reading_is_impossible(database: Database) -> None:
    with pytest.raises((ServiceError, sa.exc.DBAPIError)), database.reading() as tx:
        nodes.first_time(tx, "Quadra")


def test_writers_take_turns(database: Database) -> None:
    def count_one() -> None:
        for _ in range(10):
            with database.transaction() as tx:
                found = nodes.list_nodes(tx)
                number = int(found[0].status["n"]) if found else 0
                time.sleep(0.001)
                nodes.heartbeat(tx, "counter", version="1", status={"n": number + 1})

    threads = [threading.Thread(target=count_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as tx:
        assert nodes.list_nodes(tx)[0].status == {"n": 40}


def test_a_listener_hears_of_every_end(database: Database) -> None:
    heard: list[object] = []
    database.on_end(heard.append)
    with database.transaction() as tx:
        pass
    with pytest.raises(RuntimeError), database.transaction():
        raise RuntimeError
    assert heard[0] is tx
    assert len(heard) == 2


def test_the_file_is_for_its_owner_only(sqlite: Database, tmp_path: Path) -> None:
    with sqlite.transaction() as tx:
        nodes.first_time(tx, "Quadra")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("jesignd.db*")}
    assert modes == {0o600}


def test_every_commit_is_synced(sqlite: Database) -> None:
    with sqlite.transaction() as tx:
        assert connection(tx).exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection(tx).exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection(tx).exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_a_lock_held_by_others_is_waited_for_then_told(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_BUSY_MILLISECONDS", 20)
    impatient = Database.open(f"sqlite:///{tmp_path / 'jesignd.db'}")
    other = sqlite3.connect(tmp_path / "jesignd.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceError, match="locked"), impatient.transaction():
        pass
    other.execute("COMMIT")
    with impatient.transaction() as tx:
        assert nodes.first_time(tx, "Quadra")
    other.close()
    impatient.close()


def test_a_full_disk_is_a_service_failure_and_undoes_all(sqlite: Database) -> None:
    with sqlite.transaction() as tx:
        connection(tx).exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(ServiceError, match="full"), sqlite.transaction() as tx:  # noqa: PT012
        connection(tx).exec_driver_sql("PRAGMA max_page_count = 1")
        nodes.heartbeat(tx, "a", version="1", status={"much": "x" * 500_000})
    with sqlite.reading() as tx:
        assert nodes.list_nodes(tx) == []


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "jesignd.db"
    path.write_bytes(b"%PDF-1.7" * 1000)
    with pytest.raises(ServiceError, match="not a database"):
        Database.open(f"sqlite:///{path}")


def test_a_missing_folder_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Cannot open"):
        Database.open(f"sqlite:///{tmp_path}/nowhere/jesignd.db")


@pytest.mark.parametrize("address", ["not an address", "mysql://x/y", "sqlite://", "sqlite:///:memory:"], ids=str)
def test_other_databases_are_refused(address: str) -> None:
    with pytest.raises(SettingsError):
        Database.open(address)


def test_a_server_that_does_not_answer_is_a_service_failure(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="does not answer"):
        Database.open(f"postgresql://jesignd@/x?host={tmp_path}")
