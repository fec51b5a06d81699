"""Routing: which rule speaks of a document, and why the others do not."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.levels import Act
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may ask about a document."""

    folder: str
    relative_path: str
    kind: DocumentKind
    client_code: str
    period: Period


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule; an empty one asks nothing. `clients` and `names` are globs, case-blind."""

    folders: frozenset[str] = frozenset()
    kinds: frozenset[DocumentKind] = frozenset()
    clients: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the configuration. `place` is where it stands, as `jesignd.yaml:66`."""

    name: str
    when: When
    act: Act
    place: str
    profile: str | None = None
    """Name of the seal profile, for a rule that seals."""
    destinations: tuple[str, ...] = ()
    reason: Words | None = None
    """For a rule that holds: what people read."""
    test: bool = False
    """A trial: costs nothing, and the mark says that it is worth nothing."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One condition that failed: what was asked, what was found."""

    condition: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Considered:
    """A rule that was looked at, and what it failed on; nothing, for the rule that matched."""

    rule: str
    place: str
    failed: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The first rule that matched, and every rule looked at up to it, in order."""

    rule: Rule | None
    considered: tuple[Considered, ...]


def decide(facts: Facts, rules: Sequence[Rule]) -> Decision:
    """Find the first rule whose every condition holds."""
    considered: list[Considered] = []
    for rule in rules:
        failed = mismatches(rule.when, facts)
        considered.append(Considered(rule.name, rule.place, failed))
        if not failed:
            return Decision(rule, tuple(considered))
    return Decision(None, tuple(considered))


def mismatches(when: When, facts: Facts) -> tuple[Mismatch, ...]:
    """Every condition that does not hold, not only the first: people mend all of them at once."""
    name = facts.relative_path.rsplit("/", 1)[-1]
    failed: list[Mismatch] = []
    if when.folders and facts.folder not in when.folders:
        failed.append(Mismatch("folder", ", ".join(sorted(when.folders)), facts.folder))
    if when.kinds and facts.kind not in when.kinds:
        failed.append(Mismatch("kind", ", ".join(sorted(kind.code for kind in when.kinds)), facts.kind.code))
    if when.clients and not _matches(facts.client_code, when.clients):
        failed.append(Mismatch("client", ", ".join(when.clients), facts.client_code))
    if when.names and not _matches(name, when.names):
        failed.append(Mismatch("name", ", ".join(when.names), name))
    return tuple(failed)


def _matches(value: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(value.casefold(), pattern.casefold()) for pattern in patterns)
