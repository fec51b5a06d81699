from __future__ import annotations

import datetime

import pytest

from jesignd.domain.mail import Kind, Letter, letter, tried_again_at
from jesignd.domain.people import AccountId, Email
from jesignd.store import outbox

TO = AccountId("per_" + "1" * 32)


@pytest.fixture
def one(noon) -> Letter:
    return letter(Kind.DELEGATION_RECEIVED, "del_1", TO, at=noon)


def test_the_same_is_said_once_to_each(database, noon, one):
    with database.transaction() as tx:
        assert outbox.write(tx, one, at=noon)
        assert not outbox.write(tx, one, at=noon)
        assert outbox.write(tx, letter(one.kind, "del_1", Email("paul@jlm.example"), at=noon), at=noon)
        assert outbox.has(tx, one.kind, "del_1", 0)
        assert not outbox.has(tx, one.kind, "del_1", 30)
        assert {posted.letter.to for posted in outbox.due(tx, at=noon, limit=9)} == {TO, "paul@jlm.example"}


def test_a_try_is_counted_before_it_is_made_and_by_one_machine_only(database, noon, one):
    with database.transaction() as tx:
        outbox.write(tx, one, at=noon)
        (posted,) = outbox.due(tx, at=noon, limit=9)
        assert outbox.claim(tx, posted, at=noon)
        assert not outbox.claim(tx, posted, at=noon)
        assert outbox.due(tx, at=noon, limit=9) == []
        (again,) = outbox.due(tx, at=tried_again_at(1, noon), limit=9)
        assert again.attempts == 1


def test_what_was_sent_or_given_up_is_done_with(database, noon, one):
    other = letter(Kind.DELEGATION_REVOKED, "del_1", TO, at=noon)
    with database.transaction() as tx:
        for each in (one, other):
            outbox.write(tx, each, at=noon)
        assert outbox.waiting(tx) == outbox.Waiting(2, noon, 0)
        outbox.sent(tx, one, at=noon)
        outbox.give_up(tx, other, "550", at=noon)
        assert outbox.due(tx, at=noon + datetime.timedelta(days=9), limit=9) == []
        assert outbox.waiting(tx) == outbox.Waiting(0, None, 1)
        assert {posted.trouble for posted in outbox.list_letters(tx, limit=9)} == {None, "550"}


def test_a_forgotten_recipient_gets_nothing_more(database, noon, one):
    with database.transaction() as tx:
        outbox.write(tx, one, at=noon)
        outbox.forget(tx, TO, at=noon)
        assert outbox.due(tx, at=noon, limit=9) == []


def test_tries_grow_apart_and_then_come_twice_a_day(noon):
    waits = [(tried_again_at(attempts, noon) - noon).total_seconds() / 60 for attempts in range(1, 9)]
    assert waits == [1, 5, 30, 120, 720, 720, 720, 720]
