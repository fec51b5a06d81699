"""Firm: the people who act, and what each may do on a given day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum


class Right(StrEnum):
    """The four delegated powers (F29–F33)."""

    PREPARE = "prepare"
    LAUNCH = "launch"
    SEAL = "seal"
    SIGN = "sign"


INCLUDED: dict[Right, frozenset[Right]] = {
    Right.PREPARE: frozenset({Right.PREPARE}),
    Right.LAUNCH: frozenset({Right.LAUNCH, Right.PREPARE}),
    Right.SEAL: frozenset({Right.SEAL}),
    Right.SIGN: frozenset({Right.SIGN, Right.LAUNCH, Right.PREPARE}),
}
"""SIGN ⊇ LAUNCH ⊇ PREPARE; SEAL prepares and launches sealings only, and nothing else includes it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the firm who may act; `until` is the last day that counts, in Paris."""

    id: str
    name: str
    rights: frozenset[Right] = field(default=frozenset())
    since: datetime.date | None = None
    until: datetime.date | None = None


def may(person: Person, right: Right, on: datetime.date) -> bool:
    """Whether the person has the right on that day (in Paris); the first and the last day count."""
    if person.since is not None and on < person.since:
        return False
    if person.until is not None and on > person.until:
        return False
    return any(right in INCLUDED[held] for held in person.rights)
