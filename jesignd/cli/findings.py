"""Findings: how a part of an installation is, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jesignd.errors import Words


class Grade(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, how it is, why, and what to do."""

    part: str
    subject: str
    grade: Grade
    message: Words
    remedy: Words | None = None


FINE = Words("en ordre", "in order")
