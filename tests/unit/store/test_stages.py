from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.documents import Claimed, DocumentId
from jesignd.domain.jobs import Batch, Stage
from jesignd.store import documents, stages

if TYPE_CHECKING:
    from jesignd.store.database import Database

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def ids(database: Database, claim: Callable[..., Claimed], noon: datetime.datetime) -> tuple[DocumentId, ...]:
    claimed = [claim(f"{number}.pdf") for number in range(4)]
    with database.transaction() as tx:
        documents.insert(tx, claimed, at=noon)
    return tuple(one.id for one in claimed)


def test_a_promise_is_overdue_until_it_is_finished(
    database: Database, ids: tuple[DocumentId, ...], noon: datetime.datetime
) -> None:
    with database.transaction() as tx:
        stages.promise(tx, Batch(Stage.SEAL, ids), "job1", due=noon)
        assert stages.overdue(tx, noon) == []
        assert stages.overdue(tx, noon + MINUTE) == [stages.Promise(Batch(Stage.SEAL, ids), "job1", noon)]
        stages.finish(tx, Stage.SEAL, ids[:2])
        stages.finish(tx, Stage.SEAL, [])
        (left,) = stages.overdue(tx, noon + MINUTE)
        assert left.batch.documents == ids[2:]
        stages.finish(tx, Stage.SEAL, ids)
        assert stages.overdue(tx, noon + MINUTE) == []


def test_a_later_promise_takes_the_place_of_the_earlier(
    database: Database, ids: tuple[DocumentId, ...], noon: datetime.datetime
) -> None:
    with database.transaction() as tx:
        stages.promise(tx, Batch(Stage.SEAL, ids), "job1", due=noon)
        stages.promise(tx, Batch(Stage.SEAL, ids[:1], attempt=1), "job2", due=noon + MINUTE)
        assert stages.attempts(tx, Stage.SEAL, ids) == {ids[0]: 1, ids[1]: 0, ids[2]: 0, ids[3]: 0}
        assert [(one.job, one.batch.documents) for one in stages.overdue(tx, noon + 2 * MINUTE)] == [
            ("job1", ids[1:]),
            ("job2", ids[:1]),
        ]


def test_lanes_and_stages_do_not_touch_each_other(
    database: Database, ids: tuple[DocumentId, ...], noon: datetime.datetime
) -> None:
    with database.transaction() as tx:
        stages.promise(tx, Batch(Stage.DELIVER, ids[:1], "ged"), "job1", due=noon)
        stages.promise(tx, Batch(Stage.DELIVER, ids[:1], "archive"), "job2", due=noon)
        stages.promise(tx, Batch(Stage.REPORT, ids[:1]), "job3", due=noon)
        stages.finish(tx, Stage.DELIVER, ids, lane="ged")
        assert {one.job for one in stages.of_document(tx, ids[0])} == {"job2", "job3"}


def test_a_document_may_be_forgotten_at_every_stage(
    database: Database, ids: tuple[DocumentId, ...], noon: datetime.datetime
) -> None:
    with database.transaction() as tx:
        stages.promise(tx, Batch(Stage.SEAL, ids), "job1", due=noon)
        stages.promise(tx, Batch(Stage.REPORT, ids[:1]), "job2", due=noon)
        assert stages.forget(tx, ids[:1]) == {"job1", "job2"}
        assert stages.of_document(tx, ids[0]) == []
        assert len(stages.overdue(tx, noon + MINUTE)[0].batch.documents) == 3


def test_only_so_many_overdue_are_told_at_a_time(
    database: Database, ids: tuple[DocumentId, ...], noon: datetime.datetime
) -> None:
    with database.transaction() as tx:
        stages.promise(tx, Batch(Stage.SEAL, ids), "job1", due=noon)
        assert [one.batch.documents for one in stages.overdue(tx, noon + MINUTE, limit=3)] == [ids[:3]]
