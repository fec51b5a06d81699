"""Lawful: what each rule would do to each kind of document, against the floors the law sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind
from jesignd.domain.levels import FLOORS, Act, floor_violation
from jesignd.errors import Words
from jesignd.settings.references import parts_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jesignd.domain.routing import When
    from jesignd.settings.fault import KeyPath
    from jesignd.settings.model.rules import RuleEntry
    from jesignd.settings.references import Found

_ALL = frozenset(DocumentKind)


def act_of(rule: RuleEntry) -> Act | None:
    """The act the rule says, or the one its kinds have in common by default; None: it has to choose."""
    if rule.act is not None:
        return rule.act
    defaults = {FLOORS[kind].default for kind in rule.when.kind}
    return defaults.pop() if len(defaults) == 1 else None


def check(rules: Mapping[int, RuleEntry]) -> Iterator[Found]:
    """Rules that do not choose, lack a part for their act, or would break a floor."""
    for position, rule in rules.items():
        path: KeyPath = ("rules", position)
        act = act_of(rule)
        if act is None:
            yield path, _must_choose(rule)
            continue
        for name, words in parts_for(act, rule):
            yield (*path, name) if name else path, words
        yield from _floors(path, rule, act=act, reached=_reached(rules, position))


def _reached(rules: Mapping[int, RuleEntry], position: int) -> frozenset[DocumentKind]:
    """The kinds that can get as far as this rule: those no earlier rule takes whole."""
    rule = rules[position]
    kinds = frozenset(rule.when.kind) or _ALL
    for earlier in (rules[at] for at in rules if at < position):
        if covers(_without_kinds(earlier.when.when()), _without_kinds(rule.when.when())):
            kinds -= frozenset(earlier.when.kind) or _ALL
    return kinds


def _must_choose(rule: RuleEntry) -> Words:
    kinds = ", ".join(sorted(kind.code for kind in rule.when.kind if FLOORS[kind].default is None))
    if kinds:
        return Words(
            f"{kinds} : aucun acte n’est d’usage, la règle doit choisir (`act: seal`, `sign` ou `hold`)",
            f"{kinds}: no act is customary, the rule must choose (`act: seal`, `sign` or `hold`)",
        )
    return Words(
        "la règle doit dire quoi faire : `act: seal`, `sign` ou `hold`",
        "the rule must say what to do: `act: seal`, `sign` or `hold`",
    )


def _floors(path: KeyPath, rule: RuleEntry, *, act: Act, reached: frozenset[DocumentKind]) -> Iterator[Found]:
    level = rule.sign.legal_level() if rule.sign is not None else None
    named = tuple(dict.fromkeys(rule.when.kind))
    blamed = (*path, "sign", "level") if rule.sign is not None else (*path, "act")
    broken = [words for kind in named if (words := floor_violation(kind, act, level)) is not None]
    for words in broken:
        yield blamed, words
    if named:
        return
    forbidden = sorted(kind.code for kind in reached if floor_violation(kind, act, level) is not None)
    if forbidden:
        first = floor_violation(DocumentKind(forbidden[0]), act, level)
        assert first is not None
        listed = ", ".join(forbidden)
        yield (
            (*path, "act"),
            Words(
                f"sans `kind`, la règle prendrait aussi {listed} ; {first.fr}",
                f"without `kind` the rule would also take {listed}; {first.en}",
            ),
        )


def _without_kinds(when: When) -> When:
    return type(when)(when.folders, frozenset(), when.clients, when.names)


def covers(wide: When, narrow: When) -> bool:
    """Whether whatever satisfies the narrow conditions surely satisfies the wide ones."""
    return (
        _includes(wide.folders, narrow.folders)
        and _includes(wide.kinds, narrow.kinds)
        and _includes(_globs(wide.clients), _globs(narrow.clients))
        and _includes(_globs(wide.names), _globs(narrow.names))
    )


def _globs(patterns: tuple[str, ...]) -> frozenset[str]:
    folded = frozenset(pattern.casefold() for pattern in patterns)
    return frozenset() if "*" in folded else folded


def _includes(wide: frozenset[object] | frozenset[str], narrow: frozenset[object] | frozenset[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def unreachable(rules: Mapping[int, RuleEntry]) -> Iterator[Found]:
    """Rules that never get a document, because one above takes all of theirs."""
    for position, rule in rules.items():
        for at in sorted(at for at in rules if at < position):
            if covers(rules[at].when.when(), rule.when.when()):
                yield (
                    ("rules", position),
                    Words(
                        f"jamais atteinte : « {rules[at].name} », plus haut, prend déjà tout ce qu’elle prendrait",
                        f"never reached: `{rules[at].name}`, above, already takes all it would take",
                    ),
                )
                break
