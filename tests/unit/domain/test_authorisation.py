from __future__ import annotations

import dataclasses
import datetime

import pytest

from jesignd.domain.authorisation import Authorised, Case, Drafted, Duplicate, Hold, Prior, authorise
from jesignd.domain.credit import Cents, Prices
from jesignd.domain.delegations import Delegation, DelegationId, Grant, Scope, Used
from jesignd.domain.documents import Digest, DocumentId, DocumentKind, DocumentState, Period
from jesignd.domain.firm import Right
from jesignd.domain.levels import Act
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.people import Account, AccountId, Email, FirmId, Membership, Profile, Status
from jesignd.domain.rights import Certified, Standing
from jesignd.domain.routing import Facts, Rule, When
from jesignd.errors import Code

DAY = datetime.date(2026, 11, 24)
AT = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
FIRM = FirmId("fir_1")
SEAL = Rule("paie", When(), Act.SEAL, "jesignd.yaml:10", "paie", ("ged",))
SIGN = Rule("ldm", When(), Act.SIGN, "jesignd.yaml:20")
WHO = AccountId("per_claire")
STAFF = Membership(FIRM, WHO, Status.STAFF, LONG_AGO)
BOSS = Membership(FIRM, AccountId("per_boss"), Status.ACCOUNTANT, LONG_AGO)
CLAIRE = Standing(
    account=Account(WHO, "claire", Profile("Claire", "Martin", Email("c@x.fr")), LONG_AGO),
    memberships=[Membership(FIRM, WHO, Status.ACCOUNTANT, LONG_AGO)],
    conditions_at=LONG_AGO,
    undertaking_at=LONG_AGO,
)
CASE = Case(
    facts=Facts("quadra", "BP.pdf", DocumentKind.PAYSLIP, "000424", Period(2026, 10)),
    rules=(SEAL,),
    firm=FIRM,
    acts_as="claire",
    standing=CLAIRE,
    at=AT,
    balance=Cents(100),
    prices=Prices(),
)
LETTER = dataclasses.replace(CASE.facts, kind=DocumentKind.ENGAGEMENT_LETTER)
OTHER = DocumentId("doc_other")


def delegation(*rights: Right, scope: Scope | None = None) -> Delegation:
    grant = Grant(DelegationId("del_1"), FIRM, BOSS.account, Email("c@x.fr"), frozenset(rights), DAY, DAY, LONG_AGO)
    granted = dataclasses.replace(grant, scope=scope or Scope())
    return Delegation(granted, Digest("0" * 64), WHO, LONG_AGO)


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


def test_without_the_right_to_seal_the_document_holds_with_the_reason_and_the_remedy():
    nobody = decided(standing=None)
    staff = decided(standing=dataclasses.replace(CLAIRE, memberships=[STAFF]))

    assert isinstance(nobody, Hold)
    assert isinstance(staff, Hold)
    assert nobody.code is staff.code is Code.NOT_DELEGATED
    assert staff.reason.fr == "« claire » : aucune délégation ne permet de lancer un scellement"
    assert "jesignd delegation grant" in staff.hint.fr


def test_who_may_only_sign_seals_nothing_and_may_prepare_what_is_to_be_signed():
    signs = dataclasses.replace(CLAIRE, memberships=[STAFF, BOSS], held=[(delegation(Right.SIGN), Used())])

    assert isinstance(decided(standing=signs), Hold)
    drafted = decided(standing=signs, facts=LETTER, rules=(SIGN,))
    assert isinstance(drafted, Drafted)
    assert drafted.under is not None


def test_what_is_authorised_names_the_delegation_it_rests_on():
    one = delegation(Right.SEAL)
    held = dataclasses.replace(CLAIRE, memberships=[STAFF, BOSS], held=[(one, Used())])

    assert decided(standing=held) == Authorised(SEAL, Cents(5), under=one)


def test_a_delegation_of_another_client_or_kind_or_already_spent_does_not_count():
    for scope, used in (
        (Scope(clients=("0009*",)), Used()),
        (Scope(kinds=frozenset({DocumentKind.FEE_NOTE})), Used()),
        (Scope(acts=3), Used(3)),
        (Scope(cents=Cents(9)), Used(1, Cents(5))),
    ):
        one = delegation(Right.SEAL, scope=scope)
        assert isinstance(
            decided(standing=dataclasses.replace(CLAIRE, memberships=[STAFF, BOSS], held=[(one, used)])), Hold
        )


def test_a_kind_that_needs_a_mandate_holds_until_the_client_has_given_one():
    needing = {"mandates_for": frozenset({DocumentKind.PAYSLIP})}
    mandate = Mandate(MandateId("man_1"), FIRM, "000424", "LDM", DAY, CLAIRE.account.id, AT)
    outcome = decided(**needing)

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.NO_MANDATE
    assert "jesignd mandate add 000424" in outcome.hint.fr
    assert decided(**needing, mandates=[mandate]) == Authorised(SEAL, Cents(5), mandate=mandate.id)
    elsewhere = dataclasses.replace(mandate, firm=FirmId("fir_2"))
    assert isinstance(decided(**needing, mandates=[elsewhere]), Hold)
    assert decided(mandates=[mandate]) == Authorised(SEAL, Cents(5))


@pytest.mark.parametrize(
    ("certificates", "held", "told"),
    [
        ([], (), "aucun certificat personnel en cours"),
        ([False], (), "aucun certificat personnel qualifié"),
        ([True], (), None),
        ([True], (Right.PREPARE,), "aucune délégation ne permet de signer"),
        ([True], (Right.SIGN,), None),
        ([False], (Right.SIGN,), "aucun certificat personnel qualifié"),
    ],
)
def test_a_registry_filing_waits_for_a_signatory_with_a_qualified_certificate(certificates, held, told):
    filing = dataclasses.replace(CASE.facts, kind=DocumentKind.REGISTRY_FILING)
    here = dataclasses.replace(
        CLAIRE,
        memberships=[STAFF, BOSS] if held else CLAIRE.memberships,
        certificates=[Certified(LONG_AGO, AT + datetime.timedelta(days=1), qualified=one) for one in certificates],
        held=[(delegation(*held), Used())] if held else [],
    )
    outcome = decided(facts=filing, rules=(SIGN,), standing=here)

    if told is None:
        assert isinstance(outcome, Drafted)
    else:
        assert isinstance(outcome, Hold)
        assert told in outcome.reason.fr
        assert "R. 123-5" in outcome.reason.fr


def test_without_credit_the_document_holds_and_the_last_cents_are_enough():
    outcome = decided(balance=Cents(4))

    assert isinstance(outcome, Hold)
    assert outcome.code is Code.NO_CREDIT
    assert isinstance(decided(balance=Cents(5)), Authorised)


def test_a_rule_that_asks_for_signatures_drafts():
    assert decided(facts=LETTER, rules=(SIGN,)) == Drafted(SIGN)


def test_the_law_is_looked_at_even_if_the_configuration_let_it_pass():
    outcome = decided(rules=(Rule("r", When(), Act.SIGN, "jesignd.yaml:30"),))

    assert isinstance(outcome, Hold)
    assert "L. 3243-2" in outcome.reason.fr


def test_a_rule_that_holds_gives_its_own_reason():
    rule = Rule("reste", When(), Act.HOLD, "jesignd.yaml:40")

    outcome = decided(rules=(rule,))

    assert isinstance(outcome, Hold)
    assert "reste" in outcome.reason.fr
