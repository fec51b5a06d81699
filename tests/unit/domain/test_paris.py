from __future__ import annotations

import datetime

from jesignd.domain.paris import day, spoken


def test_the_day_is_the_day_in_paris():
    assert day(datetime.datetime(2026, 11, 24, 23, 30, tzinfo=datetime.UTC)) == datetime.date(2026, 11, 25)


def test_an_instant_is_spoken_in_summer_and_winter_time():
    assert spoken(datetime.datetime(2026, 7, 1, 8, 5, tzinfo=datetime.UTC)) == "01/07/2026 à 10:05"
    assert spoken(datetime.datetime(2026, 12, 1, 8, 5, tzinfo=datetime.UTC)) == "01/12/2026 à 09:05"
