from __future__ import annotations

import pytest

from jesignd.domain.credit import Cents, Prices, euros
from jesignd.domain.jobs import RETRY_MINUTES, retry_delay
from jesignd.domain.levels import Act


@pytest.mark.parametrize(("amount", "written"), [(5, "0,05"), (1250, "12,50"), (-25, "-0,25"), (0, "0,00")])
def test_money_is_written_as_in_france(amount, written):
    assert euros(Cents(amount)) == f"{written}\u202f€"


def test_acts_cost_what_the_price_list_says():
    assert [Prices().of(act) for act in (Act.SEAL, Act.SIGN, Act.HOLD)] == [5, 25, 0]


def test_a_service_is_tried_again_for_half_a_day_then_no_more():
    delays = [retry_delay(attempt) for attempt in range(len(RETRY_MINUTES) + 1)]

    assert [delay.total_seconds() / 60 if delay else None for delay in delays] == [1, 5, 30, 120, 720, None]
