from __future__ import annotations

import datetime
import itertools

import pytest

from jesignd.domain.firm import Person, Right, may

DAY = datetime.date(2026, 11, 24)


def person(*rights: Right, **bounds: datetime.date) -> Person:
    return Person("a", "A", frozenset(rights), **bounds)


EXPECTED = {
    Right.PREPARE: {Right.PREPARE, Right.LAUNCH, Right.SIGN},
    Right.LAUNCH: {Right.LAUNCH, Right.SIGN},
    Right.SIGN: {Right.SIGN},
    Right.SEAL: {Right.SEAL},
}
"""For each right asked, the rights any of which is enough: written apart from the code."""


@pytest.mark.parametrize("asked", list(Right))
def test_rights_include_each_other_as_the_firm_was_told(asked):
    for size in range(5):
        for held in itertools.combinations(Right, size):
            assert may(person(*held), asked, DAY) is bool(set(held) & EXPECTED[asked])


def test_the_last_day_counts():
    assert may(person(Right.SEAL, until=DAY), Right.SEAL, DAY)
    assert not may(person(Right.SEAL, until=DAY), Right.SEAL, DAY + datetime.timedelta(days=1))


def test_the_first_day_counts():
    assert may(person(Right.SEAL, since=DAY), Right.SEAL, DAY)
    assert not may(person(Right.SEAL, since=DAY), Right.SEAL, DAY - datetime.timedelta(days=1))
