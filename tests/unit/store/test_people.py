"""People and what they were given, on both databases."""

from __future__ import annotations

import datetime

import pytest

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import Delegation, DelegationId, Grant, Operation, Revocation, Scope, Used
from jesignd.domain.documents import Digest, DocumentKind
from jesignd.domain.enrolment import Enrolment, EnrolmentId, EnrolmentState, Identity, IdentityDocument
from jesignd.domain.firm import Right
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.people import Account, AccountId, Email, Firm, FirmId, Membership, Profile, Role, Status, Title
from jesignd.domain.terms import DEFAULT, TermsKind
from jesignd.errors import NotFound
from jesignd.store import delegations, enrolments, mandates, people, personal_keys
from jesignd.store.delegations import Act
from jesignd.store.personal_keys import PersonalKey

FIRM = Firm(FirmId("fir_1"), "JLM – Pont-Audemer", "732829320")
DAY = datetime.date(2026, 11, 24)


@pytest.fixture
def claire(noon) -> Account:
    profile = Profile(
        "Claire",
        "Martin",
        Email("c@x.fr"),
        Title.MADAM,
        1984,
        "associée",
        "JLM",
        "1 rue",
        "27500",
        "PA",
        "+33612345678",
    )
    return Account(AccountId("per_c"), "claire", profile, noon, frozenset({Role.OFFICER}))


@pytest.fixture
def ines(noon) -> Account:
    return Account(AccountId("per_i"), "ines", Profile("Inès", "Petit", Email("i@x.fr")), noon)


@pytest.fixture
def peopled(database, claire, ines, noon):
    with database.transaction() as tx:
        people.insert_firm(tx, FIRM, at=noon)
        for account, status in ((claire, Status.ACCOUNTANT), (ines, Status.STAFF)):
            assert people.insert_account(tx, account)
            people.join(tx, Membership(FIRM.id, account.id, status, noon))
    return database


def delegation(noon, *, scope=None, holder="per_i", identifier="del_1") -> Delegation:
    rights = frozenset({Right.SEAL, Right.SIGN})
    grant = Grant(
        DelegationId(identifier), FIRM.id, AccountId("per_c"), Email("i@x.fr"), rights, DAY, DAY, noon, scope or Scope()
    )
    received = noon if holder else None
    return Delegation(grant, Digest(identifier.ljust(64, "0")), AccountId(holder) if holder else None, received)


def test_an_account_comes_back_as_it_was(peopled, claire):
    with peopled.reading() as tx:
        assert people.account(tx, "claire") == people.account(tx, "C@x.fr") == people.account(tx, "per_c") == claire
        assert people.find_account(tx, "nobody") is None
        assert people.firm(tx, FIRM.name) == people.firm(tx, "732829320") == FIRM


def test_login_address_and_firm_name_are_taken_once(peopled, claire, noon):
    with peopled.transaction() as tx:
        assert not people.insert_account(tx, claire)
        assert not people.insert_firm(tx, Firm(FirmId("fir_2"), FIRM.name), at=noon)


def test_two_offices_with_one_number_are_named_by_name(peopled, noon):
    with peopled.transaction() as tx:
        people.insert_firm(tx, Firm(FirmId("fir_2"), "JLM – Rouen", FIRM.siren), at=noon)
        with pytest.raises(NotFound):
            people.firm(tx, "732829320")


def test_a_delegation_comes_back_as_it_was_with_what_befell_it(peopled, noon):
    scope = Scope(frozenset({DocumentKind.PAYSLIP}), ("0004*",), 3, Cents(50))
    one = delegation(noon, scope=scope)
    revocation = Revocation(noon, AccountId("per_c"), Digest("f" * 64))
    with peopled.transaction() as tx:
        delegations.insert(tx, one, "a.b.c")
        assert delegations.get(tx, "del_1") == delegations.get(tx, "1") == one
        assert delegations.revoke(tx, one.id, revocation=revocation, statement="d.e.f")
        assert not delegations.revoke(tx, one.id, revocation=revocation, statement="g.h.i")
        assert delegations.statements(tx, one.id) == ("a.b.c", "d.e.f")
        assert delegations.received_by(tx, AccountId("per_i"))[0].revocation == revocation


def test_what_waits_for_an_address_is_handed_over_once_and_not_when_revoked(peopled, noon, ines):
    waiting, revoked = (delegation(noon, holder=None, identifier=f"del_{place}") for place in "12")
    with peopled.transaction() as tx:
        for one in (waiting, revoked):
            delegations.insert(tx, one, "a.b.c")
        delegations.revoke(
            tx, revoked.id, revocation=Revocation(noon, AccountId("per_c"), Digest("f" * 64)), statement="x"
        )
        assert [one.id for one in delegations.bind(tx, Email("i@x.fr"), ines.id, at=noon)] == [waiting.id]
        assert delegations.bind(tx, Email("i@x.fr"), ines.id, at=noon) == []


def test_acts_are_written_once_and_counted_by_delegation(peopled, noon):
    one = delegation(noon)
    act = Act("seal:1", AccountId("per_i"), FIRM.id, Operation.LAUNCH_SEALING, noon, cents=Cents(5), delegation=one.id)
    with peopled.transaction() as tx:
        delegations.insert(tx, one, "a.b.c")
        assert delegations.record_acts(tx, [act]) == {"seal:1"}
        assert delegations.record_acts(tx, [act]) == frozenset()
        assert delegations.used(tx, [one.id, DelegationId("del_x")]) == {
            one.id: Used(1, Cents(5)),
            DelegationId("del_x"): Used(),
        }
        assert delegations.acts_under(tx, one.id) == [act]


def test_clients_are_known_by_firm(peopled, noon):
    with peopled.transaction() as tx:
        people.note_client(tx, FIRM.id, Email("k@x.fr"))
        people.note_client(tx, FIRM.id, Email("k@x.fr"))
        assert people.client_emails(tx, [Email("k@x.fr"), Email("c@x.fr")]) == {"k@x.fr"}
        assert people.client_emails(tx, [Email("k@x.fr")], firms_=[FirmId("fir_2")]) == frozenset()


def test_the_first_acceptance_of_a_text_is_the_one_that_counts(peopled, noon):
    person, kind = AccountId("per_i"), TermsKind.UNDERTAKING
    with peopled.transaction() as tx:
        version = people.accept(tx, person, kind, accepted=DEFAULT, at=noon)
        people.accept(tx, person, kind, accepted=DEFAULT, at=noon + datetime.timedelta(days=1))
        assert people.accepted_at(tx, person, kind, version=version) == noon
        assert people.accepted_at(tx, person, TermsKind.CONDITIONS, version=version) is None


def test_a_mandate_comes_back_as_it_was_whatever_the_case_of_the_client(peopled, noon):
    mandate = Mandate(
        MandateId("man_1"), FIRM.id, "C001", "LDM", DAY, AccountId("per_c"), noon, frozenset({DocumentKind.PAYSLIP})
    )
    with peopled.transaction() as tx:
        mandates.insert(tx, mandate)
        assert mandates.of_client(tx, FIRM.id, "c001") == [mandate]
        mandates.end(tx, "man_1", at=noon)
        with pytest.raises(NotFound):
            mandates.end(tx, "man_1", at=noon)


def test_an_identity_document_is_kept_and_destroyed(peopled, noon, ines):
    enrolment = Enrolment(EnrolmentId("enr_1"), ines.id, EnrolmentState.OPEN, noon, phone="+33612345678")
    identity = Identity(IdentityDocument.PASSPORT, Digest("a" * 64), noon, noon + datetime.timedelta(days=30))
    with peopled.transaction() as tx:
        enrolments.insert(tx, enrolment)
        enrolments.set_identity(tx, enrolment.id, identity, b"\x00encrypted\xff")
        assert enrolments.latest(tx, ines.id).identity == identity
        assert enrolments.identity_scan(tx, enrolment.id) == b"\x00encrypted\xff"
        assert enrolments.purge_identities(tx, at=noon) == []
        assert enrolments.purge_identities(tx, at=identity.purge_at) == [enrolment.id]
        assert enrolments.identity_scan(tx, enrolment.id) is None


def test_an_enrolment_is_decided_and_certified_once(peopled, noon, ines, claire):
    enrolment = Enrolment(EnrolmentId("enr_1"), ines.id, EnrolmentState.OPEN, noon)
    with peopled.transaction() as tx:
        enrolments.insert(tx, enrolment)
        assert not enrolments.certify(tx, enrolment.id, Digest("b" * 64))
        assert enrolments.decide(tx, enrolment.id, state=EnrolmentState.APPROVED, by=claire.id, at=noon)
        assert not enrolments.decide(tx, enrolment.id, state=EnrolmentState.REFUSED, by=claire.id, at=noon)
        assert enrolments.certify(tx, enrolment.id, Digest("b" * 64))
        assert not enrolments.certify(tx, enrolment.id, Digest("c" * 64))


def test_wrong_pins_are_counted_and_forgotten(peopled, noon, ines):
    later = noon + datetime.timedelta(days=1)
    key = PersonalKey(Digest("b" * 64), ines.id, "pkcs12", b"\x30\x82", noon, later, noon)
    with peopled.transaction() as tx:
        assert personal_keys.attach(tx, key)
        assert [personal_keys.count_try(tx, key.certificate, most=3, at=noon) for _ in range(3)] == [1, 2, 3]
        assert personal_keys.of_people(tx, [ines.id])[0].locked_at == noon
        personal_keys.opened(tx, key.certificate)
        assert personal_keys.of_people(tx, [ines.id]) == [key]
        assert personal_keys.revoke(tx, key.certificate, at=noon)
        assert not personal_keys.of_people(tx, [ines.id])[0].certified.counts(noon)
