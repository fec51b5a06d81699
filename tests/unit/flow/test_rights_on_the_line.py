"""Rights on the line: a folder acts as somebody, who may or may not; asked of each document until it is committed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flow_parts import rule

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import Scope
from jesignd.domain.documents import DocumentKind, DocumentState
from jesignd.domain.firm import ActingFirm, Right
from jesignd.domain.jobs import Stage
from jesignd.domain.levels import Act
from jesignd.domain.mandates import Mandate, MandateId
from jesignd.domain.paris import day
from jesignd.domain.people import Status
from jesignd.errors import Code
from jesignd.flow import mandate, people
from jesignd.flow.rights_watch import RightsWatch
from jesignd.store import ledger
from jesignd.testing.authority import QUALIFIED
from jesignd.testing.cabinet import Cabinet

ADDRESS = "ines@jlm.example"
DELIVERED, SEALED = DocumentState.DELIVERED, DocumentState.SEALED


@pytest.fixture
def cabinet(line, authority):
    """The firm of the line; Claire, its accountant, has a key to grant with."""
    return Cabinet(line.database, line.clock, authority)


@pytest.fixture
def ines(line, cabinet):
    """A member of the staff, as whom the folder acts from now on; she has accepted what delegates undertake."""
    account = cabinet.newcomer("ines")
    cabinet.undertakes(account)
    line.change_folder(acts_as="ines")
    return account


@pytest.fixture
def watch(line):
    """What the daemon's tick looks with."""
    return RightsWatch(line.database, line.clock)


def reports(line, document) -> int:
    """How many lines of return files speak of this document."""
    told = b"".join(line.files("retours").values()).decode("cp1252")
    return told.count(document)


def test_without_any_delegation_it_holds_says_whose_right_is_missing_and_goes_on_once_it_is_granted(
    line, cabinet, ines, watch
):
    document = line.drop_payslip()
    line.run()
    assert line.held(document) is Code.NOT_DELEGATED
    assert line.document(document).hold.reason.fr.startswith("« ines » : aucune délégation")
    assert (line.key.signed, line.reserved()) == (0, 0)

    (granted,) = cabinet.grants(ADDRESS, Right.SEAL)
    assert watch.look(line.queue) == 1
    line.run()

    assert line.state(document) is DELIVERED
    (act,) = line.acts()
    told = next(one.data for one in line.told(document) if one.event.endswith("sealed"))
    assert (act.person, act.delegation, act.cents) == (ines.id, granted.delegation, 5)
    assert (told["act"], told["person"]) == (act.id, ines.id)
    assert (told["delegation"], told["statement"]) == (granted.delegation, act.statement)


def test_an_accountant_acts_of_her_own_right_and_the_act_names_no_delegation(line):
    document = line.drop_payslip()
    line.run()

    (act,) = line.acts()
    assert (act.person, act.delegation, act.statement, act.document) == (line.claire.id, None, None, document)


@pytest.mark.parametrize("what", ["sign only", "expired", "revoked", "another client", "spent", "undertaking", "left"])
def test_a_right_that_does_not_do_holds_and_its_remedy_sets_it_free(line, cabinet, watch, what):
    ines = cabinet.newcomer("ines")
    line.change_folder(acts_as="ines")
    if what != "undertaking":
        cabinet.undertakes(ines)
    if what == "spent":
        cabinet.grants(ADDRESS, Right.SEAL, scope=Scope(acts=1))
        line.drop_payslip(77)
        line.run()
    elif what == "another client":
        cabinet.grants(ADDRESS, Right.SEAL, scope=Scope(clients=("0009*",)))
    else:
        (granted,) = cabinet.grants(ADDRESS, Right.SIGN if what == "sign only" else Right.SEAL)
    if what == "expired":
        line.let_pass(32 * 24 * 60)
    if what == "revoked":
        cabinet.revokes(granted.delegation)
    if what == "left":
        people.leave(ines.id, cabinet.firm.id, **cabinet.here())
    document = line.drop_payslip()
    line.run()
    assert line.held(document) is Code.NOT_DELEGATED
    assert watch.look(line.queue) >= 0
    line.run()
    assert line.held(document) is Code.NOT_DELEGATED

    line.let_pass(1)
    if what == "undertaking":
        cabinet.undertakes(ines)
    else:
        cabinet.grants(ADDRESS, Right.SEAL)
    assert watch.look(line.queue) == 1
    line.run()

    assert line.state(document) is DELIVERED


def test_a_delegation_that_begins_tomorrow_sets_free_tomorrow_by_itself(line, cabinet, ines, watch):
    cabinet.grants(ADDRESS, Right.SEAL, first=1)
    document = line.drop_payslip()
    line.run()
    watch.look(line.queue)
    line.run()
    assert "ne commence que" in line.document(document).hold.reason.fr

    line.let_pass(26 * 60)
    watch.look(line.queue)
    line.run()

    assert line.state(document) is DELIVERED


def test_a_grant_to_an_address_without_account_counts_once_the_account_is_opened(line, cabinet, watch):
    cabinet.grants(ADDRESS, Right.SEAL)
    line.change_folder(acts_as="ines")
    document = line.drop_payslip()
    line.run()
    assert "aucun compte ouvert" in line.document(document).hold.reason.fr

    cabinet.undertakes(cabinet.newcomer("ines", status=None))
    watch.look(line.queue)
    line.run()

    assert line.state(document) is DELIVERED


def test_where_nothing_changed_nothing_is_looked_at_again(line, cabinet, ines, watch):
    document = line.drop_payslip()
    line.run()

    assert watch.look(line.queue) == 0
    assert line.events(document)[-1] == "held"


def test_what_is_held_again_for_the_same_reason_is_not_reported_twice_and_a_new_reason_is(line, cabinet, ines):
    document = line.drop_payslip()
    line.run()
    assert reports(line, document) == 1

    for _ in range(3):
        line.resume(Code.NOT_DELEGATED)
        line.wait(10)
    assert reports(line, document) == 1

    cabinet.grants(ADDRESS, Right.SEAL, scope=Scope(clients=("0009*",)))
    line.resume(Code.NOT_DELEGATED)
    line.wait(10)
    assert reports(line, document) == 2


def test_released_before_its_sender_was_told_it_is_told_once_it_has_come_to_rest(line, cabinet, ines):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)
    line.resume(Code.NOT_DELEGATED)

    line.step(Stage.REPORT)
    assert reports(line, document) == 0
    line.wait(10)

    assert line.held(document) is Code.NOT_DELEGATED
    assert reports(line, document) == 1


def test_a_delegation_for_three_acts_seals_three_of_a_batch(line, cabinet, ines):
    cabinet.grants(ADDRESS, Right.SEAL, scope=Scope(acts=3))
    documents = line.drop_payslips(*range(5))
    line.run()

    assert [line.fate(one) for one in documents] == [DELIVERED] * 3 + [Code.NOT_DELEGATED] * 2
    assert "épuisée" in line.document(documents[-1]).hold.reason.fr
    assert line.key.signed == 3


def test_a_delegation_for_twelve_cents_seals_two_of_two_batches(line, cabinet, ines):
    cabinet.grants(ADDRESS, Right.SEAL, scope=Scope(cents=Cents(12)))
    first = line.drop_payslips(1, 2)
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)
    second = line.drop_payslips(3, 4)
    line.run()

    assert [line.fate(one) for one in (*first, *second)] == [DELIVERED] * 2 + [Code.NOT_DELEGATED] * 2
    assert (line.key.signed, line.spent(), line.reserved()) == (2, 10, 0)


@pytest.mark.parametrize("step", [0, 1, 8, 25, 49, 50])
def test_a_revocation_between_decision_and_seal_stops_exactly_the_rest(line, cabinet, ines, step):
    (granted,) = cabinet.grants(ADDRESS, Right.SEAL)
    documents = line.drop_payslips(*range(50))
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)
    if step:
        line.do(Stage.SEAL, *documents[:step])
    line.let_pass(1)

    cabinet.revokes(granted.delegation)
    line.run()

    assert [line.fate(one) for one in documents[:step]] == [DELIVERED] * step
    assert [line.fate(one) for one in documents[step:]] == [Code.NOT_DELEGATED] * (50 - step)
    assert line.key.signed == step == len(line.acts())
    assert (line.spent(), line.reserved()) == (5 * step, 0)


def test_a_revocation_while_the_key_signs_discards_what_was_signed_and_seals_nothing(line, cabinet, ines):
    (granted,) = cabinet.grants(ADDRESS, Right.SEAL)
    documents = line.drop_payslips(1, 2, 3)
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)
    line.key.meanwhile = lambda: cabinet.revokes(granted.delegation)

    line.run()

    line.key.meanwhile = None
    assert [line.fate(one) for one in documents] == [Code.NOT_DELEGATED] * 3
    assert (line.spent(), line.reserved(), line.acts(), line.leftovers()) == (0, 0, [], [])
    assert line.key.signed == 3
    assert [line.document(one).epoch for one in documents] == [1] * 3
    assert not any(line.vault.sealed_path(one, 0).exists() for one in documents)
    assert not list(line.vault.sealed_path(documents[0], 0).parent.parent.rglob("*.json"))

    (again,) = cabinet.grants(ADDRESS, Right.SEAL)
    line.resume(Code.NOT_DELEGATED)
    line.run()

    assert [line.state(one) for one in documents] == [DELIVERED] * 3
    assert line.key.signed == 6
    assert {act.delegation for act in line.acts()} == {again.delegation}


def test_what_was_published_before_a_crash_is_not_found_again_once_its_right_was_revoked(line, cabinet, ines):
    (granted,) = cabinet.grants(ADDRESS, Right.SEAL)
    (document,) = line.drop_payslips(1)
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)
    line.made(document)
    cabinet.revokes(granted.delegation)

    line.run()
    assert line.held(document) is Code.NOT_DELEGATED
    assert not line.vault.sealed_path(document, 0).exists()

    cabinet.grants(ADDRESS, Right.SEAL)
    line.resume(Code.NOT_DELEGATED)
    line.run()

    assert line.state(document) is DELIVERED
    assert (line.document(document).epoch, line.key.signed, line.spent()) == (1, 2, 5)


def test_a_late_commit_of_what_was_held_meanwhile_changes_nothing(line, cabinet, ines):
    (granted,) = cabinet.grants(ADDRESS, Right.SEAL)
    (document,) = line.drop_payslips(1)
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)
    late = line.made(document)
    cabinet.revokes(granted.delegation)
    line.run(Stage.SEAL)
    cabinet.grants(ADDRESS, Right.SEAL)
    line.resume(Code.NOT_DELEGATED)
    line.run(Stage.AUTHORISE)

    line.commit(late)
    assert (line.state(document), line.acts(), line.spent()) == (DocumentState.AUTHORISED, [], 0)
    line.resume(Code.NOT_DELEGATED)
    line.do(Stage.SEAL, document)

    assert line.state(document) is SEALED


def test_a_trial_needs_the_right_too(line, cabinet, ines):
    line.rules[0] = replace(line.rules[0], test=True)
    document = line.drop_payslip()
    line.run()
    assert line.held(document) is Code.NOT_DELEGATED

    cabinet.grants(ADDRESS, Right.SEAL)
    line.resume(Code.NOT_DELEGATED)
    line.run()

    assert line.state(document) is DELIVERED
    assert [act.cents for act in line.acts()] == [0]


def test_a_kind_that_needs_a_mandate_holds_until_one_is_recorded(line, cabinet, watch):
    line.mandates_for = frozenset({DocumentKind.PAYSLIP})
    document = line.drop_payslip()
    line.run()
    assert line.held(document) is Code.NO_MANDATE

    wish = Mandate(
        MandateId(""), cabinet.firm.id, "000424", "LDM 2026-014, art. 7", day(line.now), cabinet.claire.id, line.now
    )
    recorded = mandate.record(wish, **cabinet.on())
    assert watch.look(line.queue) == 1
    line.run()

    assert line.state(document) is DELIVERED
    assert line.document(document).route["mandate"] == recorded.id
    told = {one.event.removeprefix("document."): one.data for one in line.told(document)}
    assert told["authorised"]["mandate"] == told["sealed"]["mandate"] == recorded.id


def test_two_firms_in_one_instance_act_and_pay_apart(line, cabinet):
    audit = people.add_firm("Équerre Audit", "123456782", **cabinet.here())
    line.firms["123456782"] = ActingFirm(audit.id, audit.id)
    line.drop_payslip_elsewhere(1)
    line.folders["autres"] = replace(line.folders["autres"], firm="123456782")
    line.sealing = replace(
        line.sealing,
        profiles={
            **line.sealing.profiles,
            "bulletins@123456782": replace(line.sealing.profiles["bulletins"], firm_name="Équerre Audit"),
        },
    )
    ours = line.drop_payslip(2)
    line.run()
    (theirs,) = {one.document for one in line.acts()} ^ {ours} or {None}
    assert theirs is None, "Claire is no accountant of that firm"
    assert (line.state(ours), line.spent()) == (DELIVERED, 5)

    people.join(cabinet.claire.id, audit.id, Status.ACCOUNTANT, **cabinet.here())
    line.resume(Code.NOT_DELEGATED)
    line.run()
    with line.database.transaction() as tx:
        assert ledger.balance(tx, audit.id) == 0
        ledger.top_up(tx, Cents(7), reference="virement", at=line.now, firm=audit.id)
    line.resume(Code.NO_CREDIT)
    line.run()

    assert {act.firm for act in line.acts()} == {cabinet.firm.id, audit.id}
    with line.database.reading() as tx:
        assert (ledger.balance(tx, audit.id), ledger.balance(tx)) == (2, 995)
        ledger.check_chain(tx)


def test_a_registry_filing_waits_for_a_qualified_certificate_and_drafts_once_there_is_one(line, cabinet, watch):
    line.rules.insert(0, rule("dépôts", Act.SIGN, kinds={DocumentKind.REGISTRY_FILING}))
    document = line.drop("DEP_000424_2026_Comptes.pdf", b"%PDF-1.7\n%%EOF\n")
    line.run()
    assert line.held(document) is Code.NOT_DELEGATED
    told = line.document(document).hold.reason.fr
    assert "aucun certificat personnel qualifié" in told
    assert "R. 123-5" in told

    cabinet.enable(cabinet.claire, QUALIFIED)
    assert watch.look(line.queue) == 1
    line.run()

    assert line.state(document) is DocumentState.DRAFT
