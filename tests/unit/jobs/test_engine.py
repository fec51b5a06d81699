from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Callable

import pytest

from jesignd.domain.documents import Claimed, Digest, DocumentId
from jesignd.domain.jobs import BATCH_LIMIT, Batch, Engine, Stage
from jesignd.jobs import polling
from jesignd.jobs.client import DbosClientEngine
from jesignd.jobs.engine import DbosEngine
from jesignd.store import documents, nodes
from jesignd.store import stages as store
from jesignd.store.database import Database, connection

StartEngine = Callable[..., DbosEngine]


def batch(stage: Stage = Stage.SEAL, *, lane: str = "", attempt: int = 0, documents: int = 1) -> Batch:
    return Batch(stage, tuple(DocumentId(f"doc_{number:032x}") for number in range(documents)), lane, attempt)


class Stages:
    """Stage functions that remember what they were given, and do what they are told meanwhile."""

    def __init__(self, act: Callable[[Batch], None] = lambda _: None) -> None:
        self.done: list[Batch] = []
        self._act = act
        self._changed = threading.Condition()

    def run(self, given: Batch) -> None:
        try:
            self._act(given)
        finally:
            with self._changed:
                self.done.append(given)
                self._changed.notify_all()

    def wait_for(self, number: int, seconds: float = 10.0) -> list[Batch]:
        with self._changed:
            self._changed.wait_for(lambda: len(self.done) >= number, seconds)
        return self.done

    @property
    def functions(self) -> dict[Stage, Callable[[Batch], None]]:
        return dict.fromkeys(Stage, self.run)


def promise(database: Database, engine: Engine, given: Batch, *, delay_seconds: float = 0.0) -> str:
    with database.transaction() as tx:
        return engine.enqueue(tx, given, delay_seconds=delay_seconds)


def test_the_polling_loop_is_the_one_we_can_wake() -> None:
    assert polling.loop_is_known()


def test_a_promise_is_kept_as_it_was_made(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    given = [
        batch(Stage.RECOGNISE, documents=BATCH_LIMIT),
        batch(Stage.DELIVER, lane="ged é/:", attempt=3),
        batch(Stage.DELIVER),
    ]
    for one in given:
        promise(database, engine, one)
    assert sorted(stages.wait_for(3), key=str) == sorted(given, key=str)


def test_what_a_job_promises_becomes_part_of_it_where_stages_follow_each_other(
    database: Database, new_engine: StartEngine
) -> None:
    engine = new_engine()
    jobs: dict[Stage, str] = {}

    def lead_on(given: Batch) -> None:
        following = {Stage.RECOGNISE: Stage.AUTHORISE, Stage.AUTHORISE: Stage.SEAL, Stage.SEAL: Stage.REPORT}
        with database.transaction() as tx:
            store.finish(tx, given.stage, given.documents)
            if given.stage in following:
                further = Batch(following[given.stage], given.documents)
                jobs[further.stage] = engine.enqueue(tx, further)
                store.promise(tx, further, jobs[further.stage], due=datetime.datetime.now(datetime.UTC))

    def held(job: str) -> list[Batch]:
        with database.reading() as tx:
            return store.of_job(tx, job)

    with database.transaction() as tx:
        claimed = Claimed("paie", "a.pdf", "a.pdf", 10, 1, 1, Digest("0" * 64))
        documents.insert(tx, [claimed], at=datetime.datetime.now(datetime.UTC))
        given = Batch(Stage.RECOGNISE, (claimed.id,))
        first = engine.enqueue(tx, given)
        store.promise(tx, given, first, due=datetime.datetime.now(datetime.UTC))
    stages = Stages(lead_on)
    engine.run(stages.functions, held=held)
    done = [one.stage for one in stages.wait_for(4)]
    assert done == [Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL, Stage.REPORT]
    assert jobs[Stage.AUTHORISE] == jobs[Stage.SEAL] == first != jobs[Stage.REPORT]


def test_a_job_cut_off_between_two_stages_goes_on_where_it_was(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(), Stages()
    job = promise(database, engine, batch(Stage.RECOGNISE))
    engine.run(stages.functions, held=lambda one: [batch(Stage.SEAL)] if one == job else [])
    assert [one.stage for one in stages.wait_for(2)] == [Stage.RECOGNISE, Stage.SEAL]


def test_a_promise_rolled_back_is_not_kept(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    with pytest.raises(RuntimeError), database.transaction() as tx:  # noqa: PT012
        nodes.first_time(tx, "x")
        engine.enqueue(tx, batch(attempt=1))
        raise RuntimeError
    promise(database, engine, batch(attempt=2))
    stages.wait_for(1)
    time.sleep(0.1)
    assert [one.attempt for one in stages.done] == [2]


def test_a_promise_made_here_is_kept_within_fifty_milliseconds(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    promise(database, engine, batch())
    stages.wait_for(1)
    waits: list[float] = []
    for number in range(2, 9):
        time.sleep(0.15)
        promise(database, engine, batch())
        began = time.monotonic()
        stages.wait_for(number)
        waits.append(time.monotonic() - began)
    # A machine with much else to do delays some of them; a poll by the clock would delay nearly all.
    assert sorted(waits)[2] < 0.05


def test_a_promise_made_by_another_process_is_kept(database: Database, new_engine: StartEngine, address: str) -> None:
    elsewhere = Database.open(address)
    cli = DbosClientEngine(elsewhere)
    waiting = promise(elsewhere, cli, batch(attempt=7))
    assert cli.live([waiting, "job-unknown"]) == {waiting}
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    assert stages.wait_for(1)[0].attempt == 7
    promise(elsewhere, cli, batch(attempt=8))
    assert stages.wait_for(2)[1].attempt == 8
    cli.close()
    elsewhere.close()


def test_a_delayed_promise_waits_and_can_be_taken_back(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    late = promise(database, engine, batch(attempt=1), delay_seconds=3600)
    soon = promise(database, engine, batch(attempt=2), delay_seconds=0.3)
    assert engine.live([late, soon]) == {late, soon}
    engine.cancel([late])
    assert engine.live([late]) == frozenset()
    assert [one.attempt for one in stages.wait_for(1)] == [2]


def test_a_job_whose_end_could_not_be_written_down_is_not_taken_for_one_under_way(
    database: Database, new_engine: StartEngine
) -> None:
    going, go_on = threading.Event(), threading.Event()

    def act(_: Batch) -> None:
        going.set()
        go_on.wait(10)

    engine, stages = new_engine("here"), Stages(act)
    engine.run(stages.functions)
    job = promise(database, engine, batch())
    assert going.wait(10)
    _claim_that_it_runs(database, job, seconds=60)
    assert engine.live([job]) == {job}
    go_on.set()
    stages.wait_for(1)
    while engine._client.live([job]):
        time.sleep(0.01)
    _claim_that_it_runs(database, job, seconds=1)
    assert engine.live([job]) == {job}
    _claim_that_it_runs(database, job, seconds=60)
    assert engine.live([job]) == frozenset()


def _claim_that_it_runs(database: Database, job: str, *, seconds: int) -> None:
    """As the table stands when the engine's last write to it failed."""
    begun = int((time.time() - seconds) * 1000)
    with database.transaction() as tx:
        held = connection(tx)
        table = "workflow_status" if held.dialect.name == "sqlite" else "dbos.workflow_status"
        held.exec_driver_sql(
            f"UPDATE {table} SET status = 'PENDING', executor_id = 'here', started_at_epoch_ms = {begun} "  # noqa: S608
            f"WHERE workflow_uuid = '{job}'"
        )


def test_a_job_under_way_cannot_be_taken_back(database: Database, new_engine: StartEngine) -> None:
    going, go_on = threading.Event(), threading.Event()

    def act(_: Batch) -> None:
        going.set()
        go_on.wait(10)

    engine, stages = new_engine(), Stages(act)
    engine.run(stages.functions)
    job = promise(database, engine, batch())
    assert going.wait(10)
    engine.cancel([job])
    assert engine.live([job]) == {job}
    go_on.set()
    stages.wait_for(1)


def test_a_destination_that_hangs_blocks_only_itself(database: Database, new_engine: StartEngine) -> None:
    go_on = threading.Event()
    engine = new_engine()
    stages = Stages(lambda given: go_on.wait(10) and None if given.lane == "dead" else None)
    engine.run(stages.functions)
    for lane in ("dead", "dead", "dead", "ged", "archive", "ged"):
        promise(database, engine, batch(Stage.DELIVER, lane=lane))
    promise(database, engine, batch(Stage.SEAL))
    lanes = sorted(one.lane for one in stages.wait_for(4))
    go_on.set()
    assert lanes == ["", "archive", "ged", "ged"]


def test_no_more_batches_run_at_once_than_there_are_workers(database: Database, new_engine: StartEngine) -> None:
    lock, at_once, most = threading.Lock(), 0, 0

    def act(_: Batch) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1

    engine, stages = new_engine(workers=2), Stages(act)
    engine.run(stages.functions)
    with database.transaction() as tx:
        for _ in range(20):
            engine.enqueue(tx, batch())
    stages.wait_for(20)
    assert most == 2


def test_what_is_nearest_its_end_goes_first(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(workers=1), Stages()
    with database.transaction() as tx:
        for stage in (Stage.CLEAR, Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL):
            engine.enqueue(tx, batch(stage))
    engine.run(stages.functions)
    stages.wait_for(4)
    assert [one.stage for one in stages.done] == [Stage.SEAL, Stage.AUTHORISE, Stage.RECOGNISE, Stage.CLEAR]


def test_a_failing_stage_is_told_once_with_ids_only(
    database: Database, new_engine: StartEngine, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Batch) -> None:
        raise ValueError("DUPONT.pdf")

    caplog.set_level(logging.INFO)
    engine, stages = new_engine(), Stages(fail)
    engine.run(stages.functions)
    job = promise(database, engine, batch(documents=3))
    stages.wait_for(1)
    engine.stop(5)
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == 1
    assert f"failed stage=seal job={job} documents=3 attempt=0 error=ValueError at=test_engine.py:" in told[0]
    assert "DUPONT" not in caplog.text


def test_stopping_lets_the_job_in_hand_end_and_begins_no_other(database: Database, new_engine: StartEngine) -> None:
    going = threading.Event()

    def act(_: Batch) -> None:
        going.set()
        time.sleep(0.3)

    engine, stages = new_engine(workers=1), Stages(act)
    engine.run(stages.functions)
    first = promise(database, engine, batch(attempt=1))
    assert going.wait(10)
    second = promise(database, engine, batch(attempt=2))
    engine.stop(10)
    assert [one.attempt for one in stages.done] == [1]
    client = DbosClientEngine(database)
    assert client.live([first, second]) == {second}
    client.close()


def test_an_engine_started_again_goes_on_with_what_waits(database: Database, new_engine: StartEngine) -> None:
    first = new_engine()
    first.run(Stages().functions)
    first.stop(5)
    second, stages = new_engine(), Stages()
    promise(database, second, batch(attempt=5))
    second.run(stages.functions)
    assert stages.wait_for(1)[0].attempt == 5


def test_what_a_dead_node_had_in_hand_is_taken_over(database: Database, new_engine: StartEngine) -> None:
    go_on = threading.Event()
    engine = new_engine("dead")
    dead = Stages(lambda _: go_on.wait(15) and None)
    engine.run(dead.functions)
    job = promise(database, engine, batch(attempt=4))
    deadline = time.monotonic() + 10
    while engine._client.in_hand_of("dead") == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    engine.stop(0)  # as good as killed: the library may have one engine a process
    heir, stages = new_engine("heir"), Stages()
    heir.run(stages.functions)
    assert heir.recover(["heir", "dead", "never heard of"]) == 1
    assert stages.wait_for(1)[0].attempt == 4
    assert job
    go_on.set()


def test_a_queue_whose_row_is_gone_is_made_again(database: Database, new_engine: StartEngine, address: str) -> None:
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    with database.transaction() as tx:
        forget = "DELETE FROM queues" if "sqlite" in address else "DELETE FROM dbos.queues"
        connection(tx).exec_driver_sql(forget)
    promise(database, engine, batch(attempt=9))
    promise(database, engine, batch(Stage.DELIVER, lane="ged"))
    assert len(stages.wait_for(2)) == 2
    assert engine.is_alive()
    engine.stop(5)
    assert not engine.is_alive()


def test_finished_jobs_are_forgotten_and_waiting_ones_are_not(database: Database, new_engine: StartEngine) -> None:
    engine, stages = new_engine(), Stages()
    engine.run(stages.functions)
    promise(database, engine, batch())
    waiting = promise(database, engine, batch(), delay_seconds=3600)
    stages.wait_for(1)
    engine._wait_for_outcomes()
    now = datetime.datetime.now(datetime.UTC)
    assert engine.collect(now - datetime.timedelta(days=30)) == 0
    assert engine.collect(now + datetime.timedelta(minutes=1)) == 1
    assert engine.live([waiting]) == {waiting}
