"""Kill -9 at any instant: after the next start, everything is done, and done once."""

from __future__ import annotations

import collections
import datetime
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jesignd.domain.credit import Account, Cents
from jesignd.domain.documents import Claimed, DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Stage
from jesignd.jobs.client import DbosClientEngine
from jesignd.store import deliveries, documents, journal, ledger, stages
from jesignd.store.database import Database, connection
from jesignd.store.deliveries import DeliveryState

CHILD = Path(__file__).parent / "line_process.py"
DOCUMENTS, BATCH = 120, 6
CREDIT = Cents(10_000)
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


@contextmanager
def line(address: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The process, ready; killed when the block ends."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), address, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


def receive(database: Database) -> list[DocumentId]:
    """As intake would: documents and their first job in one transaction."""
    engine = DbosClientEngine(database)
    claimed = [Claimed("paie", f"{n}.pdf", f"{n}.pdf", n, n, n, f"{n:064x}") for n in range(DOCUMENTS)]  # type: ignore[arg-type]
    with database.transaction() as tx:
        ledger.top_up(tx, CREDIT, reference="first", at=NOON)
    for start in range(0, DOCUMENTS, BATCH):
        with database.transaction() as tx:
            documents.insert(tx, claimed[start : start + BATCH], at=NOON)
            batch = Batch(Stage.RECOGNISE, tuple(one.id for one in claimed[start : start + BATCH]))
            stages.promise(tx, batch, engine.enqueue(tx, batch), due=NOON)
    engine.close()
    return [one.id for one in claimed]


def delivered(database: Database) -> int:
    with database.reading() as tx:
        return documents.counts(tx)["paie"].get(DocumentState.DELIVERED, 0)


def wait_until_delivered(database: Database, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while delivered(database) < DOCUMENTS:
        assert time.monotonic() < deadline, "some documents are stuck"
        time.sleep(0.05)


def assert_ledger_sound(database: Database) -> None:
    """Wherever the line was killed, what is reserved and spent is what stands authorised and sealed."""
    with database.reading() as tx:
        ledger.check_chain(tx)
        credit = ledger.standing(tx)
        counted = documents.counts(tx)["paie"]
        sealed = counted.get(DocumentState.SEALED, 0) + counted.get(DocumentState.DELIVERED, 0)
        assert credit[Account.RESERVED] == 5 * counted.get(DocumentState.AUTHORISED, 0)
        assert credit[Account.ACTS] == 5 * sealed
        assert sum(credit.values()) == 0


def assert_all_done_once(database: Database, home: Path, ids: list[DocumentId]) -> None:
    with database.reading() as tx:
        assert documents.counts(tx) == {"paie": {DocumentState.DELIVERED: DOCUMENTS}}
        assert stages.overdue(tx, datetime.datetime.now(datetime.UTC)) == []
        credit = {Account.OUTSIDE: -CREDIT, Account.FIRM: CREDIT - 5 * DOCUMENTS, Account.ACTS: 5 * DOCUMENTS}
        assert ledger.standing(tx) == {**credit, Account.RESERVED: 0}
        assert ledger.check_chain(tx) == 1 + 2 * DOCUMENTS
        assert sum(credit.values()) == 0
        paid = collections.Counter(line.reference for line in ledger.statement(tx))
        assert paid == dict.fromkeys(
            ("payment:first", *(f"{step}:seal:{one}" for one in ids for step in ("reserve", "act"))), 1
        )
        assert journal.check_chain(tx) == 4 * DOCUMENTS
        for one in ids:
            told = collections.Counter(entry.event for entry in journal.of_document(tx, one))
            assert told == dict.fromkeys((Event.RECOGNISED, Event.AUTHORISED, Event.SEALED, Event.DELIVERED), 1)
        for one in documents.get_many(tx, ids):
            (delivery,) = deliveries.of_document(tx, one.id)
            assert one.sealed is not None
            assert (delivery.state, delivery.digest) == (DeliveryState.DELIVERED, one.sealed.digest)
    # Hidden temporary files of a process killed are nobody's; no half file has a name that people see.
    visible = {path.name for path in (home / "out").iterdir() if not path.name.startswith(".jesignd-")}
    assert visible == {f"{one}.pdf" for one in ids}
    assert len(list((home / "vault" / "sealed").rglob("*.pdf"))) == DOCUMENTS


def campaign(address: str, home: Path, *, seed: int, kills: int, spoil_after: int | None = None) -> int:
    """Kill the line so many times; the number of kills that came before all was delivered."""
    chance = random.Random(seed)  # noqa: S311
    (home / "out").mkdir()
    database = Database.open(address)
    ids = receive(database)
    hits = 0
    for number in range(kills):
        with line(address, home):
            time.sleep(chance.random() * 0.25)
        hits += delivered(database) < DOCUMENTS
        assert_ledger_sound(database)
        if number == spoil_after:
            with database.transaction() as tx:
                forget = "DELETE FROM workflow_status" if "sqlite" in address else "DELETE FROM dbos.workflow_status"
                connection(tx).exec_driver_sql(forget)
    with line(address, home):
        wait_until_delivered(database)
    assert_all_done_once(database, home, ids)
    database.close()
    return hits


def test_nothing_is_lost_or_done_twice_when_the_line_is_killed(tmp_path: Path) -> None:
    assert campaign(f"sqlite:///{tmp_path / 'jesignd.db'}", tmp_path, seed=1, kills=3) >= 1


@pytest.mark.slow
def test_the_stages_alone_bring_everything_back_when_the_engine_forgets_all(address: str, tmp_path: Path) -> None:
    assert campaign(address, tmp_path, seed=2, kills=2, spoil_after=0) >= 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_is_lost_or_done_twice_after_many_kills(address: str, tmp_path: Path) -> None:
    assert campaign(address, tmp_path, seed=3, kills=10) >= 3
