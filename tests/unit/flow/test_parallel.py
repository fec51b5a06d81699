from __future__ import annotations

import threading

import pytest

from jesignd.flow.parallel import Spread


@pytest.fixture
def spread():
    spread = Spread(4)
    yield spread
    spread.close()


def test_answers_that_come_soon_come_together(spread):
    assert [sorted(answers) for answers in spread.as_they_come(lambda item: -item, [1, 2, 3], seconds=10)] == [
        [-3, -2, -1]
    ]


def test_nothing_waits_for_what_takes_long(spread):
    go_on = threading.Event()
    coming = spread.as_they_come(lambda item: go_on.wait(10) if item == 2 else item, [1, 2, 3], seconds=0.2)

    assert sorted(next(coming)) == [1, 3]
    go_on.set()
    assert list(coming) == [[True]]


def test_nothing_asked_is_nothing_answered(spread):
    assert list(spread.as_they_come(abs, [], seconds=0.2)) == []
