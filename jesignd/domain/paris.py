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
