from __future__ import annotations

import dataclasses
import datetime

import pytest

from jesignd.domain.authorisation import Authorised, Case, Drafted, Duplicate, Hold, Prior, authorise
from jesignd.domain.credit import Cents, Prices
from jesignd.domain.documents import DocumentId, DocumentKind, DocumentState, Period
from jesignd.domain.firm import Person, Right
from jesignd.domain.levels import Act
from jesignd.domain.routing import Facts, Rule, When
from jesignd.errors import Code

DAY = datetime.date(2026, 11, 24)
SEAL = Rule("paie", When(), Act.SEAL, "jesignd.yaml:10", "paie", ("ged",))
CASE = Case(
    facts=Facts("quadra", "BP.pdf", DocumentKind.PAYSLIP, "000424", Period(2026, 10)),
    rules=(SEAL,),
    person=Person("claire", "Claire", frozenset({Right.SEAL})),
    on=DAY,
    balance=Cents(100),
    prices=Prices(),
)
OTHER = DocumentId("doc_other")


def decided(**changes: object) -> object:
    return authorise(dataclasses.replace(CASE, **changes))[0]  # type: ignore[arg-type]


def prior(state: DocumentState, *, content: bool, origin: bool) -> tuple[Prior, ...]:
    return (Prior(OTHER, state, content, origin),)


def test_a_payslip_with_right_and_credit_is_sealed_at_its_price():
    assert decided() == Authorised(SEAL, Cents(5))


def test_the_same_document_again_is_a_duplicate():
    assert decided(priors=prior(DocumentState.DELIVERED, content=True, origin=True)) == Duplicate(OTHER)


def test_one_file_under_two_identities_is_held_as_a_suspected_mix_up():
    outcome = decided(priors=prior(DocumentState.DELIVERED, content=True, origin=False))

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.WRONG_CLIENT_SUSPECTED


def test_a_re_export_of_what_was_sealed_is_held():
    outcome = decided(priors=prior(DocumentState.SEALED, content=False, origin=True))

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.RE_EXPORT


def test_a_re_export_of_what_was_not_sealed_yet_takes_its_place():
    assert decided(priors=prior(DocumentState.HELD, content=False, origin=True)) == Authorised(SEAL, Cents(5), (OTHER,))


@pytest.mark.parametrize(
    ("code", "priors"),
    [
        (Code.RE_EXPORT, prior(DocumentState.SEALED, content=False, origin=True)),
        (Code.WRONG_CLIENT_SUSPECTED, prior(DocumentState.SEALED, content=True, origin=False)),
    ],
)
def test_what_somebody_has_set_aside_no_longer_holds_and_replaces_nothing_sealed(code, priors):
    assert decided(priors=priors, waived=frozenset({code})) == Authorised(SEAL, Cents(5))


def test_a_duplicate_cannot_be_waived():
    priors = prior(DocumentState.SEALED, content=True, origin=True)

    assert decided(priors=priors, waived=frozenset(Code)) == Duplicate(OTHER)


def test_without_a_rule_the_document_holds():
    outcome = decided(rules=())

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.RULE


@pytest.mark.parametrize(
    "person",
    [
        None,
        Person("claire", "Claire"),
        Person("claire", "Claire", frozenset({Right.SIGN})),
        Person("claire", "Claire", frozenset({Right.SEAL}), until=DAY - datetime.timedelta(days=1)),
    ],
)
def test_without_the_right_to_seal_that_day_the_document_holds(person):
    outcome = decided(person=person)

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.NOT_DELEGATED


def test_without_credit_the_document_holds_and_the_last_cents_are_enough():
    outcome = decided(balance=Cents(4))

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.NO_CREDIT
    assert isinstance(decided(balance=Cents(5)), Authorised)


def test_a_rule_that_asks_for_signatures_drafts():
    letter = dataclasses.replace(CASE.facts, kind=DocumentKind.ENGAGEMENT_LETTER)
    sign = Rule("ldm", When(), Act.SIGN, "jesignd.yaml:20")

    assert decided(facts=letter, rules=(sign,)) == Drafted(sign)


def test_the_law_is_looked_at_even_if_the_configuration_let_it_pass():
    outcome = decided(rules=(Rule("r", When(), Act.SIGN, "jesignd.yaml:30"),))

    assert isinstance(outcome, Hold)
    assert "L. 3243-2" in outcome.reason.fr


def test_a_rule_that_holds_gives_its_own_reason():
    rule = Rule("reste", When(), Act.HOLD, "jesignd.yaml:40")

    outcome = decided(rules=(rule,))

    assert isinstance(outcome, Hold)
    assert "reste" in outcome.reason.fr
