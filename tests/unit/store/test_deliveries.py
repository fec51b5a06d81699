from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.documents import Claimed, Digest, DocumentId
from jesignd.errors import Words
from jesignd.store import deliveries, documents
from jesignd.store.deliveries import Delivered, DeliveryState

if TYPE_CHECKING:
    from jesignd.store.database import Database

MINUTE = datetime.timedelta(minutes=1)
NO_ROOM = Words("disque plein", "disk full")


@pytest.fixture
def id(database: Database, claim: Callable[..., Claimed], noon: datetime.datetime) -> DocumentId:  # noqa: A001
    with database.transaction() as tx:
        documents.insert(tx, [claim()], at=noon)
        deliveries.plan(tx, [claim().id], "ged", at=noon)
        deliveries.plan(tx, [claim().id], "archive", at=noon)
    return claim().id


def delivered(document: DocumentId, destination: str, path: str = "2026/x.pdf") -> Delivered:
    return Delivered(document, destination, path, Digest("d" * 64), {"etag": "1"})


def test_each_destination_has_its_own_fate(database: Database, id: DocumentId, noon: datetime.datetime) -> None:  # noqa: A002
    with database.transaction() as tx:
        deliveries.record_delivered(tx, [delivered(id, "ged")], at=noon)
        deliveries.record_failed(tx, id, "archive", reason=NO_ROOM, again=noon + MINUTE, at=noon)
        archive, ged = deliveries.of_document(tx, id)
    assert (ged.state, ged.path, ged.receipt, ged.due) == (DeliveryState.DELIVERED, "2026/x.pdf", {"etag": "1"}, None)
    assert (archive.state, archive.attempt, archive.reason) == (DeliveryState.PENDING, 1, NO_ROOM)
    assert archive.due == noon + MINUTE


def test_what_is_due_is_told_until_it_is_done(database: Database, id: DocumentId, noon: datetime.datetime) -> None:  # noqa: A002
    with database.transaction() as tx:
        assert len(deliveries.due(tx, noon + MINUTE)) == 2
        deliveries.record_delivered(tx, [delivered(id, "ged"), delivered(id, "archive")], at=noon)
        assert deliveries.due(tx, noon + MINUTE) == []


def test_a_file_delivered_stays_delivered_whatever_is_told_later(
    database: Database,
    id: DocumentId,  # noqa: A002
    noon: datetime.datetime,
) -> None:
    with database.transaction() as tx:
        deliveries.record_delivered(tx, [delivered(id, "ged")], at=noon)
        deliveries.record_failed(tx, id, "ged", reason=NO_ROOM, again=None, at=noon)
        deliveries.plan(tx, [id], "ged", at=noon)
        deliveries.record_delivered(tx, [delivered(id, "ged", "elsewhere.pdf")], at=noon)
        assert deliveries.of_document(tx, id)[1].path == "2026/x.pdf"


def test_what_was_given_up_can_be_taken_up_again(database: Database, id: DocumentId, noon: datetime.datetime) -> None:  # noqa: A002
    with database.transaction() as tx:
        deliveries.record_failed(tx, id, "ged", reason=NO_ROOM, again=None, at=noon)
        assert deliveries.of_document(tx, id)[1].state is DeliveryState.FAILED
        assert deliveries.retry(tx, id, at=noon) == ["ged"]
        assert deliveries.of_document(tx, id)[1].state is DeliveryState.PENDING
