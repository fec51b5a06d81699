from __future__ import annotations

import datetime

import pytest

from jesignd.domain.documents import DocumentId
from jesignd.domain.events import Event
from jesignd.errors import VerificationFailed
from jesignd.store import journal
from jesignd.store.database import Database, connection

A, B = DocumentId("doc_a"), DocumentId("doc_b")


def test_the_story_of_a_document_is_told_in_order(database: Database, noon: datetime.datetime) -> None:
    later = noon + datetime.timedelta(microseconds=1)
    with database.transaction() as tx:
        journal.record_many(tx, [(Event.RECEIVED, A, {"size": 1}), (Event.RECEIVED, B, {})], at=noon)
        journal.record(tx, Event.SEALED, A, {"é": [1, {"b": 2, "a": None}], "t": (1.5, True)}, at=later)
        story = journal.of_document(tx, A)
    assert [(one.sequence, one.at, one.event, one.data) for one in story] == [
        (1, noon, Event.RECEIVED, {"size": 1}),
        (3, later, Event.SEALED, {"é": [1, {"b": 2, "a": None}], "t": [1.5, True]}),
    ]
    with database.reading() as tx:
        assert journal.check_chain(tx) == 3


def test_an_empty_journal_is_sound(database: Database) -> None:
    with database.transaction() as tx:
        journal.record_many(tx, [], at=datetime.datetime.now(datetime.UTC))
        assert journal.check_chain(tx) == 0


def test_the_chain_goes_on_from_one_transaction_to_the_next(database: Database, noon: datetime.datetime) -> None:
    for number in range(5):
        with database.transaction() as tx:
            journal.record(tx, Event.RECEIVED, A, {"n": number}, at=noon)
    with database.reading() as tx:
        assert journal.check_chain(tx) == 5


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE journal SET data = '{\"n\":9}' WHERE sequence = 1",
        "UPDATE journal SET document = 'doc_b' WHERE sequence = 2",
        "UPDATE journal SET at = at + 1 WHERE sequence = 3",
        "DELETE FROM journal WHERE sequence = 1",
        "DELETE FROM journal",
    ],
)
def test_a_change_made_afterwards_shows(database: Database, noon: datetime.datetime, tampering: str) -> None:
    with database.transaction() as tx:
        journal.record_many(tx, [(Event.RECEIVED, A, {"n": number}) for number in range(3)], at=noon)
        connection(tx).exec_driver_sql(tampering)
    with pytest.raises(VerificationFailed, match="journal"), database.reading() as tx:
        journal.check_chain(tx)
