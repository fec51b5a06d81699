from __future__ import annotations

import dataclasses
import datetime

import pytest

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import Absence, Allowed, Denied, Operation, Scope, Subject, Why
from jesignd.domain.documents import DocumentId, DocumentKind
from jesignd.domain.events import Event
from jesignd.domain.firm import Right
from jesignd.domain.granting import listed
from jesignd.domain.people import Role, Status, email
from jesignd.domain.terms import DEFAULT, Terms, TermsKind
from jesignd.errors import NotAllowed, VerificationFailed
from jesignd.flow import acting, delegate, people
from jesignd.flow.acting import Proposed
from jesignd.flow.delegate import Outcome
from jesignd.identity import statements
from jesignd.store import delegations, journal
from jesignd.store import people as stored_people


def proposed(cabinet, number: int, *, kind=DocumentKind.PAYSLIP, client="000424", price=5) -> Proposed:
    subject = Subject(cabinet.firm.id, kind, client, Cents(price))
    return Proposed(f"seal:{number}", Operation.LAUNCH_SEALING, subject, DocumentId(f"doc_{number}"))


def performs(cabinet, person, *acts: Proposed):
    with cabinet.database.transaction() as transaction:
        return acting.perform(transaction, person.id, acts, terms=DEFAULT, at=cabinet.clock())


def counted(cabinet, delegation) -> int:
    with cabinet.database.reading() as transaction:
        return len(delegations.acts_under(transaction, delegation))


def events(cabinet) -> list[str]:
    with cabinet.database.reading() as transaction:
        return [one.event for one in journal.of_house(transaction)]


@pytest.fixture
def ines(cabinet):
    ines = cabinet.newcomer("ines")
    cabinet.undertakes(ines)
    return ines


def test_a_delegate_acts_once_granted_and_the_act_cites_the_signed_grant(cabinet, ines):
    assert isinstance(performs(cabinet, ines, proposed(cabinet, 1))[0], Denied)
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL)
    assert result.outcome is Outcome.GRANTED
    (answer,) = performs(cabinet, ines, proposed(cabinet, 1))
    assert isinstance(answer, Allowed)
    with cabinet.database.reading() as transaction:
        act = delegations.acts(transaction, ["seal:1"])["seal:1"]
        text, _ = delegations.statements(transaction, result.delegation)
    assert act.statement == statements.digest_of(text) == answer.under.statement
    assert statements.read(text).payload["granted_by"]["id"] == cabinet.claire.id


def test_a_grant_to_an_unknown_address_waits_for_its_account(cabinet):
    (result,) = cabinet.grants("nouveau@jlm.example", Right.SEAL)
    assert result.outcome is Outcome.PENDING
    cabinet.clock.advance(days=2)
    nouveau = cabinet.newcomer("nouveau", status=None)
    cabinet.undertakes(nouveau)
    assert isinstance(performs(cabinet, nouveau, proposed(cabinet, 1))[0], Allowed)
    assert Event.DELEGATION_RECEIVED in events(cabinet)


def test_staff_grants_nothing_and_a_granted_right_is_never_passed_on(cabinet, ines):
    cabinet.grants("ines@jlm.example", *Right)
    cabinet.enable(ines)
    with pytest.raises(NotAllowed):
        cabinet.grants("autre@jlm.example", Right.SEAL, by=ines)


def test_an_accountant_of_another_firm_grants_nothing_here(cabinet):
    other = people.add_firm("Autre", None, **cabinet.here())
    paul = cabinet.newcomer("paul", status=Status.ACCOUNTANT, firm=other)
    cabinet.enable(paul)
    with pytest.raises(NotAllowed):
        cabinet.grants("ines@jlm.example", Right.SEAL, by=paul)


def test_a_grant_is_signed_with_the_granters_own_key(cabinet, ines):
    cabinet.enable(ines)
    today = cabinet.clock().date()
    wish = delegate.Wish(frozenset({Right.SEAL}), today, today)
    order = delegate.Order(cabinet.firm.id, cabinet.claire.id, listed([["x@y.fr"]]), wish)
    with pytest.raises(NotAllowed, match="not that person's"):
        delegate.grant(order, cabinet.signer(ines), **cabinet.on())


def test_a_client_receives_no_delegation_and_no_account(cabinet):
    people.note_client(cabinet.firm.id, email("client@pme.example"), database=cabinet.database, clock=cabinet.clock)
    (result,) = cabinet.grants("client@pme.example", Right.PREPARE)
    assert (result.outcome, result.reason.fr) == (Outcome.REFUSED, "un client ne reçoit aucune délégation")
    profile = people.Profile("C", "L", email("client@pme.example"))
    with pytest.raises(NotAllowed):
        people.add_account(people.Newcomer("client", profile, firm=cabinet.firm.id), **cabinet.here())


def test_neither_oneself_nor_an_administrator_nor_an_auditor_receives_anything(cabinet):
    cabinet.newcomer("admin", status=None, roles=(Role.ADMIN,))
    cabinet.newcomer("audit", status=None, roles=(Role.AUDITOR,))
    found = cabinet.grants("claire@jlm.example admin@jlm.example audit@jlm.example", Right.PREPARE)
    assert [one.outcome for one in found] == [Outcome.REFUSED] * 3


def test_every_line_has_its_result_and_duplicates_are_merged(cabinet, ines):
    lines = listed([["Courriel", "Droits"], ["ines@jlm.example", "sceller, Hubemploi"], ["pas une adresse"], [""],
                    ["INES@JLM.example", "signer; Bibliordre"], ["neuf@jlm.example"]])  # fmt: skip
    found = cabinet.grants(lines, Right.PREPARE)
    assert [(one.line, one.outcome) for one in found] == [
        (2, Outcome.GRANTED),
        (3, Outcome.REFUSED),
        (5, Outcome.MERGED),
        (6, Outcome.PENDING),
    ]
    assert found[0].ignored == ("Hubemploi", "Bibliordre")
    with cabinet.database.reading() as transaction:
        given = {one.grant.email: one.grant.rights for one in delegations.given_by(transaction, cabinet.claire.id)}
    assert given == {"ines@jlm.example": {Right.SEAL, Right.SIGN}, "neuf@jlm.example": {Right.PREPARE}}


def test_a_list_is_granted_whole_or_not_at_all(cabinet, ines):
    class Saboteur:
        """A signer whose token is pulled out at the third signature."""

        def __init__(self, signer) -> None:
            self.certificate, self.chain, self._signer, self._left = signer.certificate, signer.chain, signer, 2

        def sign(self, data: bytes) -> bytes:
            self._left -= 1
            if self._left < 0:
                raise OSError("token removed")
            return self._signer.sign(data)

    lines = listed([[f"p{number}@jlm.example"] for number in range(5)])
    today = cabinet.clock().date()
    order = delegate.Order(
        cabinet.firm.id, cabinet.claire.id, lines, delegate.Wish(frozenset({Right.SEAL}), today, today)
    )
    with pytest.raises(OSError, match="token"):
        delegate.grant(order, Saboteur(cabinet.signer()), **cabinet.on())
    with cabinet.database.reading() as transaction:
        assert delegations.given_by(transaction, cabinet.claire.id) == []


@pytest.mark.parametrize(("rights", "days"), [((), 3), ((Right.SEAL,), -1)])
def test_nothing_is_granted_without_a_right_or_into_the_past(cabinet, rights, days):
    with pytest.raises(NotAllowed):
        cabinet.grants("ines@jlm.example", *rights, days=days)


def test_a_revocation_stops_at_once_and_only_once(cabinet, ines):
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL)
    assert isinstance(performs(cabinet, ines, proposed(cabinet, 1))[0], Allowed)
    assert cabinet.revokes(result.delegation)
    (answer,) = performs(cabinet, ines, proposed(cabinet, 2))
    assert isinstance(answer, Denied)
    assert answer.why is Why.REVOKED
    assert not cabinet.revokes(result.delegation)
    with cabinet.database.reading() as transaction:
        _, revocation = delegations.statements(transaction, result.delegation)
        act = delegations.acts(transaction, ["seal:1"])["seal:1"]
    assert statements.read(revocation).payload["statement"] == act.statement


def test_a_colleague_may_revoke_but_staff_may_not(cabinet, ines):
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL)
    cabinet.enable(ines)
    with pytest.raises(NotAllowed):
        cabinet.revokes(result.delegation, by=ines)
    bruno = cabinet.newcomer("bruno", status=Status.ACCOUNTANT)
    cabinet.enable(bruno)
    assert cabinet.revokes(result.delegation, by=bruno)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_revocation_at_any_step_of_a_batch_stops_exactly_the_rest(cabinet, ines):
    signer = cabinet.signer()
    for step in range(51):
        cabinet.clock.advance(seconds=1)
        (result,) = cabinet.grants("ines@jlm.example", Right.SEAL)
        allowed = []
        for number in range(50):
            if number == step:
                delegate.revoke(result.delegation, cabinet.claire.id, signer, **cabinet.on())
            (answer,) = performs(cabinet, ines, proposed(cabinet, 100 * step + number))
            allowed.append(isinstance(answer, Allowed))
        assert allowed == [True] * step + [False] * (50 - step)
        assert counted(cabinet, result.delegation) == step
        if step == 50:
            break
        assert cabinet.revokes(result.delegation) is False


def test_a_batch_is_asked_document_by_document(cabinet, ines):
    scope = Scope(kinds=frozenset({DocumentKind.PAYSLIP}), acts=30)
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL, scope=scope)
    kinds = [DocumentKind.PAYSLIP, DocumentKind.FEE_NOTE]
    acts = [proposed(cabinet, number, kind=kinds[number % 2]) for number in range(64)]
    answers = performs(cabinet, ines, *acts)
    reasons = [one.why if isinstance(one, Denied) else None for one in answers]
    assert reasons == [None, Why.OUT_OF_SCOPE] * 30 + [Why.SPENT, Why.OUT_OF_SCOPE] * 2
    assert counted(cabinet, result.delegation) == 30


def test_an_amount_is_counted_over_all_batches(cabinet, ines):
    cabinet.grants("ines@jlm.example", Right.SEAL, scope=Scope(cents=Cents(12)))
    first = performs(cabinet, ines, *(proposed(cabinet, number) for number in range(2)))
    later = performs(cabinet, ines, proposed(cabinet, 2), proposed(cabinet, 3, price=2))
    assert [isinstance(one, Allowed) for one in (*first, *later)] == [True, True, False, True]


def test_an_act_told_twice_counts_once_even_after_the_last(cabinet, ines):
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL, scope=Scope(acts=1))
    for _ in range(3):
        (answer,) = performs(cabinet, ines, proposed(cabinet, 1))
        assert isinstance(answer, Allowed)
    assert counted(cabinet, result.delegation) == 1
    assert isinstance(performs(cabinet, ines, proposed(cabinet, 2))[0], Denied)


def test_two_acts_never_share_an_id(cabinet, ines):
    cabinet.grants("ines@jlm.example", Right.SEAL)
    performs(cabinet, ines, proposed(cabinet, 1))
    other = dataclasses.replace(proposed(cabinet, 1), document=DocumentId("doc_2"))
    with pytest.raises(ValueError, match="another act"):
        performs(cabinet, ines, other)


def test_asking_writes_nothing_down(cabinet, ines):
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL)
    with cabinet.database.reading() as transaction:
        answers = acting.ask(transaction, ines.id, [proposed(cabinet, 1)], terms=DEFAULT, at=cabinet.clock())
    assert isinstance(answers[0], Allowed)
    assert counted(cabinet, result.delegation) == 0


def test_an_accountant_struck_off_takes_every_delegation_along(cabinet, ines):
    cabinet.grants("ines@jlm.example", Right.SEAL)
    assert isinstance(performs(cabinet, ines, proposed(cabinet, 1))[0], Allowed)
    people.leave(cabinet.claire.id, cabinet.firm.id, **cabinet.here())
    assert performs(cabinet, ines, proposed(cabinet, 2))[0].why is Why.DELEGATOR_LEFT
    people.join(cabinet.claire.id, cabinet.firm.id, Status.ACCOUNTANT, **cabinet.here())
    assert performs(cabinet, ines, proposed(cabinet, 2))[0].why is Why.DELEGATOR_LEFT


def test_a_closed_account_neither_acts_nor_leaves_delegations_in_force(cabinet, ines):
    cabinet.grants("ines@jlm.example", Right.SEAL)
    people.close(cabinet.claire.id, **cabinet.here())
    assert performs(cabinet, ines, proposed(cabinet, 1))[0].why is Why.DELEGATOR_LEFT
    people.close(ines.id, **cabinet.here())
    assert performs(cabinet, ines, proposed(cabinet, 1))[0].why is Why.NOBODY


def test_a_new_undertaking_is_accepted_before_the_next_act_and_the_old_text_is_kept(cabinet, ines):
    cabinet.grants("ines@jlm.example", Right.SEAL)
    newer = Terms(DEFAULT.conditions, DEFAULT.undertaking + "\nEt davantage.\n")
    with cabinet.database.transaction() as transaction:
        (answer,) = acting.perform(transaction, ines.id, [proposed(cabinet, 1)], terms=newer, at=cabinet.clock())
        kept = stored_people.accepted_text(transaction, DEFAULT.version(TermsKind.UNDERTAKING))
    assert answer.why is Why.UNDERTAKING
    assert kept == DEFAULT.undertaking


def test_an_absence_names_a_colleague_of_the_same_standing(cabinet, ines):
    today = cabinet.clock().date()
    week = (today, today + datetime.timedelta(days=7))
    firm = cabinet.firm.id
    with pytest.raises(NotAllowed):
        delegate.declare_absence(Absence(firm, cabinet.claire.id, ines.id, *week), cabinet.claire.id, **cabinet.on())
    with pytest.raises(NotAllowed):
        delegate.declare_absence(
            Absence(firm, cabinet.claire.id, cabinet.claire.id, *week), cabinet.claire.id, **cabinet.on()
        )
    bruno = cabinet.newcomer("bruno", status=Status.ACCOUNTANT)
    absence = Absence(firm, cabinet.claire.id, bruno.id, *week)
    with pytest.raises(NotAllowed):
        delegate.declare_absence(absence, ines.id, **cabinet.on())
    delegate.declare_absence(absence, cabinet.claire.id, **cabinet.on())
    with cabinet.database.reading() as transaction:
        assert delegations.absences_in(transaction, firm) == [absence]
    assert delegate.end_absences(firm, cabinet.claire.id, **cabinet.here()) == 1


def test_a_statement_changed_in_the_database_no_longer_verifies(cabinet, ines):
    (result,) = cabinet.grants("ines@jlm.example", Right.SEAL)
    with cabinet.database.reading() as transaction:
        text, _ = delegations.statements(transaction, result.delegation)
    head, body, tail = text.split(".")
    for forged in (f"{head}.{body[:-4]}AAAA.{tail}", f"{head}.{body}.{tail[:-4]}AAAA", f"{head}.{body}", "x"):
        with pytest.raises(VerificationFailed):
            statements.read(forged)
