from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.certificates import (
    AuthorityId,
    Issued,
    Reason,
    SerialNumber,
    Subject,
    ends,
    is_stale,
    may_renew,
    pin_objection,
    reminders_due,
)
from jesignd.domain.documents import Digest

UTC = datetime.UTC
BEGINS = datetime.datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = datetime.timedelta(days=1)


def issued(serial: str = "1a", **changes: object) -> Issued:
    values: dict[str, object] = {
        "serial": SerialNumber(serial),
        "authority": AuthorityId("a"),
        "subject": Subject.PERSON,
        "digest": Digest(serial),
        "der": b"",
        "not_before": BEGINS,
        "not_after": ends(BEGINS, 3),
        "issued_at": BEGINS,
        **changes,
    }
    return Issued(**values)  # type: ignore[arg-type]


ENDS = issued().not_after


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2080, 1, 1)), st.integers(1, 5))
def test_a_certificate_always_ends_on_the_same_day_so_many_years_later(day: datetime.date, years: int) -> None:
    begins = datetime.datetime.combine(day, datetime.time(9), tzinfo=UTC)
    until = ends(begins, years) + datetime.timedelta(seconds=1)
    assert until.year == begins.year + years
    assert (until.month, until.day) == (begins.month, begins.day) or (begins.month, begins.day) == (2, 29)


def test_a_certificate_of_29_february_ends_on_the_28th() -> None:
    assert ends(datetime.datetime(2028, 2, 29, 9, tzinfo=UTC), 3).date() == datetime.date(2031, 2, 28)


@pytest.mark.parametrize(
    ("left", "reminded", "days"),
    [
        (91, None, None),
        (90, None, 90),
        (90, 90, None),
        (30, 90, 30),
        (29, 30, None),
        (7, 30, 7),
        (6, 7, None),
        (5, None, 7),
    ],
)
def test_an_owner_is_reminded_at_90_30_and_7_days(left: int, reminded: int | None, days: int | None) -> None:
    due = reminders_due([issued(reminded=reminded)], ENDS - left * DAY)
    assert [one.days for one in due] == ([] if days is None else [days])


def test_nobody_is_reminded_of_what_is_revoked_expired_or_renewed() -> None:
    at = ENDS - 5 * DAY
    assert reminders_due([issued(revoked_at=at - DAY, reason=Reason.CESSATION)], at) == []
    assert reminders_due([issued()], ENDS + DAY) == []
    heir = issued("2b", renews=SerialNumber("1a"), not_after=ends(at, 3), issued_at=at)
    assert reminders_due([issued(), heir], at) == []


def test_a_revoked_heir_does_not_silence_the_reminder() -> None:
    at = ENDS - 5 * DAY
    heir = issued("2b", renews=SerialNumber("1a"), not_after=ends(at, 3), revoked_at=at - DAY)
    assert [one.certificate.serial for one in reminders_due([issued(), heir], at)] == ["1a"]


def test_a_certificate_is_renewed_in_its_last_120_days_only() -> None:
    assert may_renew(issued(), ENDS - 121 * DAY) is not None
    assert may_renew(issued(), ENDS - 120 * DAY) is None
    assert may_renew(issued(), ENDS) is None
    assert may_renew(issued(), ENDS + DAY) is not None
    assert may_renew(issued(revoked_at=BEGINS), ENDS - DAY) is not None


@pytest.mark.parametrize("pin", ["12345", "123456", "654321", "000000", "111122", "121212", "abcdef", "x" * 129, ""])
def test_a_simple_pin_is_refused(pin: str) -> None:
    assert pin_objection(pin) is not None


@pytest.mark.parametrize("pin", ["802451", "quatre mots sans suite", "1357902468"])
def test_a_pin_that_is_not_the_first_one_tries_will_do(pin: str) -> None:
    assert pin_objection(pin) is None


def test_what_was_made_half_a_day_ago_never_or_tomorrow_is_stale() -> None:
    assert is_stale(None, BEGINS)
    assert is_stale(BEGINS - DAY / 2, BEGINS)
    assert is_stale(BEGINS + DAY, BEGINS)
    assert not is_stale(BEGINS - DAY / 3, BEGINS)
