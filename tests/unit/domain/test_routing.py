from __future__ import annotations

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.levels import Act
from jesignd.domain.routing import Facts, Mismatch, Rule, When, decide

FACTS = Facts("quadra", "000424/Social/BP_000424_202610.pdf", DocumentKind.PAYSLIP, "000424", Period(2026, 10))


def rule(name: str, **when: object) -> Rule:
    return Rule(name, When(**when), Act.SEAL, f"jesignd.yaml:{len(name)}")  # type: ignore[arg-type]


def test_the_first_rule_that_matches_decides():
    first, second = rule("a", kinds=frozenset({DocumentKind.PAYSLIP})), rule("b")

    assert decide(FACTS, [first, second]).rule is first


def test_a_rule_that_asks_nothing_matches_everything():
    assert decide(FACTS, [rule("all")]).rule is not None


def test_without_a_matching_rule_nothing_is_decided():
    assert decide(FACTS, [rule("a", folders=frozenset({"loop"}))]).rule is None


def test_a_rule_that_lost_says_everything_it_failed_on():
    losing = rule("a", folders=frozenset({"loop"}), kinds=frozenset({DocumentKind.FEE_NOTE}), clients=("9*",))

    decision = decide(FACTS, [losing, rule("b")])

    assert decision.considered[0].failed == (
        Mismatch("folder", "loop", "quadra"),
        Mismatch("kind", "NH", "BP"),
        Mismatch("client", "9*", "000424"),
    )


def test_globs_do_not_mind_capitals():
    assert decide(FACTS, [rule("a", names=("bp_*.PDF",))]).rule is not None


def test_rules_after_the_one_that_matched_are_not_looked_at():
    assert len(decide(FACTS, [rule("a"), rule("b")]).considered) == 1
