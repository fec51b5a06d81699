"""Paris: the day and the hour that people and the law speak of; instants inside are UTC."""

from __future__ import annotations

import datetime
import zoneinfo

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def day(instant: datetime.datetime) -> datetime.date:
    """The date in Paris at this aware instant."""
    return instant.astimezone(PARIS).date()


def spoken(instant: datetime.datetime) -> str:
    """`24/11/2026 à 10:31`, in Paris."""
    return f"{instant.astimezone(PARIS):%d/%m/%Y à %H:%M}"


def long_day(instant: datetime.datetime, language: str = "fr") -> str:
    """`24 novembre 2026`, or `24 November 2026`: the date in Paris, in letters."""
    return written(day(instant), language)


def written(date: datetime.date, language: str = "fr") -> str:
    """The same for a date."""
    months = _ENGLISH if language == "en" else _FRENCH
    first = "1er" if date.day == 1 and language != "en" else str(date.day)
    return f"{first} {months[date.month - 1]} {date.year}"


def hour(instant: datetime.datetime) -> str:
    """`10:31`, in Paris."""
    return f"{instant.astimezone(PARIS):%H:%M}"


_FRENCH = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
