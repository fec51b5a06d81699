"""Who may do what: every combination, against a table written from the deck's own words and not from the code."""

from __future__ import annotations

import datetime
import itertools
import zoneinfo
from dataclasses import replace

import pytest

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import (
    Absence,
    Allowed,
    Delegation,
    DelegationId,
    Denied,
    Grant,
    Operation,
    Revocation,
    Scope,
    Subject,
    Used,
    Why,
)
from jesignd.domain.documents import Digest, DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.people import Account, AccountId, Email, FirmId, Membership, Profile, Role, Status
from jesignd.domain.rights import Certified, Standing, may, stand_in

UTC = datetime.UTC
PARIS = zoneinfo.ZoneInfo("Europe/Paris")
MICROSECOND = datetime.timedelta(microseconds=1)
FIRM = FirmId("fir_1")
CLAIRE = AccountId("per_claire")
INES = AccountId("per_ines")
LONG_AGO = datetime.datetime(2015, 1, 1, tzinfo=UTC)
GRANTED = datetime.datetime(2019, 9, 2, 8, 0, tzinfo=UTC)
FIRST_DAY = datetime.date(2019, 9, 10)
LAST_DAY = datetime.date(2019, 10, 24)
SUBJECT = Subject(FIRM, DocumentKind.PAYSLIP, "000424", Cents(5), prepared_by=AccountId("per_x"))
ALWAYS = Certified(LONG_AGO, datetime.datetime(2099, 1, 1, tzinfo=UTC))


def person(identifier: AccountId, *, roles: frozenset[Role] = frozenset()) -> Account:
    return Account(identifier, identifier, Profile("A", "B", Email(f"{identifier}@x.fr")), LONG_AGO, roles)


def delegation(*rights: Right, **changes: object) -> Delegation:
    grant = Grant(DelegationId("del_1"), FIRM, CLAIRE, Email("i@x.fr"), frozenset(rights), FIRST_DAY, LAST_DAY, GRANTED)
    return Delegation(replace(grant, **changes), Digest("0" * 64), INES, GRANTED)  # type: ignore[arg-type]


def standing(*held: Delegation, used: Used | None = None, **changes: object) -> Standing:
    here = Standing(
        account=person(INES),
        memberships=[
            Membership(FIRM, CLAIRE, Status.ACCOUNTANT, LONG_AGO),
            Membership(FIRM, INES, Status.STAFF, LONG_AGO),
        ],
        held=[(one, used or Used()) for one in held],
        certificates=[ALWAYS],
        conditions_at=LONG_AGO,
        undertaking_at=LONG_AGO,
    )
    return replace(here, **changes)


# ---- the table ------------------------------------------------------------------------------------------------------
# préparer: upload documents to sign or to seal, enter signatories, place marks; launching waits for the accountant.
# lancer:   prepare and launch without approval.       sceller: prepare and launch a sealing only.
# signer:   prepare, launch and sign (advanced).       Approving and delegating: the expert-comptable alone.
# Annuler une collecte: whoever could have launched it.

DECK = """
                    préparer  lancer  sceller  signer
prepare_signing     oui       oui     -        oui
launch_signing      -         oui     -        oui
prepare_sealing     oui       oui     oui      oui
launch_sealing      -         -       oui      -
approve             -         -       -        -
sign                -         -       -        oui
delegate            -         -       -        -
cancel              -         oui     -        oui
"""
COLUMNS = {"préparer": "prepare", "lancer": "launch", "sceller": "seal", "signer": "sign"}

TIMES = {
    "the last instant before the first day": (datetime.datetime(2019, 9, 9, 21, 59, 59, 999999, tzinfo=UTC), False),
    "the first instant of the first day": (datetime.datetime(2019, 9, 9, 22, 0, tzinfo=UTC), True),
    "in between": (datetime.datetime(2019, 10, 1, 12, 0, tzinfo=UTC), True),
    "the last instant of the last day": (datetime.datetime(2019, 10, 24, 21, 59, 59, 999999, tzinfo=UTC), True),
    "the first instant afterwards": (datetime.datetime(2019, 10, 24, 22, 0, tzinfo=UTC), False),
    "a year later": (datetime.datetime(2020, 10, 1, 12, 0, tzinfo=UTC), False),
}
"""« expire le 24/10/2019 » : the 24th counts, in Paris, where it was summer time."""

MOMENTS = ("never revoked", "revoked a microsecond later", "revoked at that very instant")
SETS = [frozenset(chosen) for size in range(5) for chosen in itertools.combinations(COLUMNS.values(), size)]


def deck() -> dict[tuple[str, str], bool]:
    heading, *lines = [line.split() for line in DECK.strip().splitlines()]
    return {
        (operation, COLUMNS[column]): cell == "oui"
        for operation, *cells in lines
        for column, cell in zip(heading, cells, strict=True)
    }


def test_every_combination_of_rights_acts_times_and_moments_is_as_the_deck_says():
    table = deck()
    tried = 0
    differences: list[tuple[object, ...]] = []
    for names, operation, (time, (at, counts)), moment in itertools.product(SETS, Operation, TIMES.items(), MOMENTS):
        one = delegation(*(Right(name) for name in names))
        if moment != MOMENTS[0]:
            revoked_at = at + MICROSECOND if moment == MOMENTS[1] else at
            one = replace(one, revocation=Revocation(revoked_at, CLAIRE, Digest("1" * 64)))
        expected = counts and moment != MOMENTS[2] and any(table[operation.value, name] for name in names)
        answer = may(standing(one), operation, subject=SUBJECT, at=at)
        tried += 1
        if isinstance(answer, Allowed) is not expected:
            differences.append((sorted(names), operation.value, time, moment, answer))
        if isinstance(answer, Allowed):
            assert answer.under == one
    assert tried == 16 * 8 * 6 * 3 == 2304
    assert differences == []


@pytest.mark.parametrize("operation", list(Operation))
def test_an_accountant_may_do_everything_in_their_own_firm(operation):
    claire = standing(account=person(CLAIRE))
    assert may(claire, operation, subject=SUBJECT, at=GRANTED) == Allowed(operation, None)
    elsewhere = may(claire, operation, subject=replace(SUBJECT, firm=FirmId("fir_2")), at=GRANTED)
    assert isinstance(elsewhere, Denied)


def denied(here: Standing | None, operation: Operation = Operation.LAUNCH_SEALING, **subject: object) -> Why | None:
    at = datetime.datetime(2019, 10, 1, tzinfo=UTC)
    answer = may(here, operation, subject=replace(SUBJECT, **subject), at=at)  # type: ignore[arg-type]
    return answer.why if isinstance(answer, Denied) else None


def test_nobody_may_do_nothing():
    assert denied(None) is Why.NOBODY
    closed = replace(person(INES), closed_at=GRANTED)
    assert denied(standing(delegation(*Right), account=closed)) is Why.NOBODY


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_runs_or_watches_the_machine_never_acts_whatever_they_were_granted(role):
    roles = frozenset({role})
    assert denied(standing(delegation(*Right), account=person(INES, roles=roles))) is Why.ROLE
    assert denied(standing(account=person(CLAIRE, roles=roles)), Operation.SIGN) is Why.ROLE


def test_a_delegation_counts_in_its_own_firm_only():
    assert denied(standing(delegation(Right.SEAL)), firm=FirmId("fir_2")) is Why.OTHER_FIRM


def test_nobody_approves_their_own_work_nor_work_whose_author_is_unknown():
    claire = standing(account=person(CLAIRE))
    assert denied(claire, Operation.APPROVE, prepared_by=CLAIRE) is Why.OWN_WORK
    assert denied(claire, Operation.APPROVE, prepared_by=None) is Why.OWN_WORK
    assert denied(claire, Operation.APPROVE) is None


def test_a_delegation_dies_when_its_delegator_stops_practising_and_does_not_come_back():
    gone = datetime.datetime(2019, 9, 20, tzinfo=UTC)
    staff = Membership(FIRM, INES, Status.STAFF, LONG_AGO)
    left = Membership(FIRM, CLAIRE, Status.ACCOUNTANT, LONG_AGO, gone)
    back = Membership(FIRM, CLAIRE, Status.ACCOUNTANT, gone + datetime.timedelta(days=1))
    here = standing(delegation(Right.SEAL), memberships=[staff, left, back])
    assert denied(here) is Why.DELEGATOR_LEFT
    assert isinstance(may(here, Operation.LAUNCH_SEALING, subject=SUBJECT, at=gone - MICROSECOND), Allowed)
    assert isinstance(may(here, Operation.LAUNCH_SEALING, subject=SUBJECT, at=gone), Denied)


def test_a_delegation_granted_by_somebody_who_was_no_accountant_is_worth_nothing():
    members = [Membership(FIRM, one, Status.STAFF, LONG_AGO) for one in (CLAIRE, INES)]
    assert denied(standing(delegation(Right.SEAL), memberships=members)) is Why.DELEGATOR_LEFT


def test_who_leaves_the_firm_and_comes_back_needs_a_new_delegation():
    gone = datetime.datetime(2019, 9, 20, tzinfo=UTC)
    members = [
        Membership(FIRM, CLAIRE, Status.ACCOUNTANT, LONG_AGO),
        Membership(FIRM, INES, Status.STAFF, LONG_AGO, gone),
        Membership(FIRM, INES, Status.STAFF, gone),
    ]
    assert denied(standing(delegation(Right.SEAL), memberships=members)) is Why.LEFT


def test_somebody_elses_delegation_is_of_no_use():
    other = replace(delegation(Right.SEAL), holder=AccountId("per_other"))
    assert denied(standing(other)) is Why.NO_RIGHT


def test_a_delegation_still_waiting_for_an_account_is_of_no_use():
    pending = replace(delegation(Right.SEAL), holder=None, received_at=None)
    assert denied(standing(pending)) is Why.NO_RIGHT


def test_nothing_is_done_under_a_delegation_before_it_was_received():
    late = replace(delegation(Right.SEAL), received_at=datetime.datetime(2019, 10, 2, tzinfo=UTC))
    assert denied(standing(late)) is Why.NO_RIGHT


def test_a_delegation_never_reaches_back_before_it_was_granted():
    at = datetime.datetime(2019, 10, 1, tzinfo=UTC)
    today = replace(delegation(Right.SEAL, first_day=at.date(), granted_at=at + MICROSECOND), received_at=LONG_AGO)
    assert denied(standing(today)) is Why.NOT_YET


@pytest.mark.parametrize(
    ("scope", "refused"),
    [
        (Scope(kinds=frozenset({DocumentKind.FEE_NOTE})), True),
        (Scope(kinds=frozenset({DocumentKind.FEE_NOTE, DocumentKind.PAYSLIP})), False),
        (Scope(clients=("000425", "0009*")), True),
        (Scope(clients=("0004*",)), False),
    ],
)
def test_a_delegation_may_be_limited_to_kinds_and_clients(scope, refused):
    found = denied(standing(delegation(Right.SEAL, scope=scope)))
    assert found is (Why.OUT_OF_SCOPE if refused else None)


def test_a_document_of_unknown_kind_or_client_is_outside_every_limit():
    limited = delegation(Right.SEAL, scope=Scope(kinds=frozenset({DocumentKind.PAYSLIP})))
    assert denied(standing(limited), kind=None) is Why.OUT_OF_SCOPE
    limited = delegation(Right.SEAL, scope=Scope(clients=("0004*",)))
    assert denied(standing(limited), client_code=None) is Why.OUT_OF_SCOPE


@pytest.mark.parametrize(("done", "refused"), [(2, False), (3, True), (4, True)])
def test_a_delegation_may_be_limited_to_a_number_of_acts(done, refused):
    here = standing(delegation(Right.SEAL, scope=Scope(acts=3)), used=Used(done, Cents(0)))
    assert denied(here) is (Why.SPENT if refused else None)


@pytest.mark.parametrize(("spent", "refused"), [(95, False), (96, True)])
def test_a_delegation_may_be_limited_to_an_amount(spent, refused):
    here = standing(delegation(Right.SEAL, scope=Scope(cents=Cents(100))), used=Used(9, Cents(spent)))
    assert denied(here) is (Why.SPENT if refused else None)


def test_of_two_delegations_the_unlimited_one_is_used_first():
    limited = delegation(Right.SEAL, scope=Scope(acts=3), id=DelegationId("del_0"))
    free = delegation(Right.SEAL, id=DelegationId("del_9"))
    answer = may(
        standing(limited, free),
        Operation.LAUNCH_SEALING,
        subject=SUBJECT,
        at=datetime.datetime(2019, 10, 1, tzinfo=UTC),
    )
    assert answer == Allowed(Operation.LAUNCH_SEALING, free)


def test_signing_needs_a_certificate_of_ones_own():
    here = standing(delegation(Right.SIGN))
    assert denied(here, Operation.SIGN) is None
    assert denied(replace(here, certificates=[]), Operation.SIGN) is Why.NOT_ENROLLED
    assert denied(replace(here, certificates=[]), Operation.LAUNCH_SIGNING) is None
    revoked = replace(ALWAYS, revoked_at=datetime.datetime(2019, 10, 1, tzinfo=UTC))
    assert denied(replace(here, certificates=[revoked]), Operation.SIGN) is Why.NOT_ENROLLED
    assert denied(standing(account=person(CLAIRE), certificates=[]), Operation.SIGN) is Why.NOT_ENROLLED


def test_a_delegate_acts_only_once_the_undertaking_in_force_is_accepted():
    assert denied(standing(delegation(Right.SEAL), undertaking_at=None)) is Why.UNDERTAKING
    later = datetime.datetime(2019, 10, 1, 0, 0, 1, tzinfo=UTC)
    assert denied(standing(delegation(Right.SEAL), undertaking_at=later)) is Why.UNDERTAKING


def test_a_new_version_of_the_conditions_is_accepted_before_the_next_act():
    assert denied(standing(account=person(CLAIRE), conditions_at=None)) is Why.CONDITIONS
    assert denied(standing(delegation(Right.SIGN), conditions_at=None), Operation.SIGN) is Why.CONDITIONS


def test_the_reason_given_is_the_one_nearest_to_a_yes():
    expired = delegation(Right.SEAL, last_day=datetime.date(2019, 9, 30), id=DelegationId("del_2"))
    unfit = delegation(Right.SEAL, scope=Scope(kinds=frozenset({DocumentKind.FEE_NOTE})))
    wrong = delegation(Right.PREPARE, id=DelegationId("del_3"))
    assert denied(standing(wrong)) is Why.NO_RIGHT
    assert denied(standing(wrong, expired)) is Why.EXPIRED
    assert denied(standing(unfit, wrong, expired)) is Why.OUT_OF_SCOPE


@pytest.mark.parametrize(
    "last_day",
    [
        datetime.date(2026, 3, 28),
        datetime.date(2026, 3, 29),  # 23 hours long
        datetime.date(2026, 10, 24),
        datetime.date(2026, 10, 25),  # 25 hours long
        datetime.date(2028, 2, 28),
        datetime.date(2028, 2, 29),
        datetime.date(2026, 12, 31),  # the day on which leap seconds are put in
        datetime.date(2027, 2, 28),
    ],
    ids=str,
)
@pytest.mark.parametrize("which", ["first", "last"])
def test_the_boundary_is_midnight_in_paris_to_the_microsecond(last_day, which):
    one = replace(delegation(Right.SEAL, granted_at=LONG_AGO, last_day=last_day), received_at=LONG_AGO)
    if which == "first":
        one = replace(
            one,
            grant=replace(
                one.grant,
                first_day=last_day + datetime.timedelta(days=1),
                last_day=last_day + datetime.timedelta(days=9),
            ),
        )
    after = last_day + datetime.timedelta(days=1)
    midnight = datetime.datetime(after.year, after.month, after.day, tzinfo=PARIS).astimezone(UTC)
    found = [
        isinstance(may(standing(one), Operation.LAUNCH_SEALING, subject=SUBJECT, at=at), Allowed)
        for at in (midnight - MICROSECOND, midnight, midnight + MICROSECOND)
    ]
    assert found == ([True, False, False] if which == "last" else [False, True, True])


def test_what_waits_for_an_absent_person_goes_to_their_stand_in_and_on():
    day = datetime.date(2026, 8, 3)
    a, b, c = (AccountId(f"per_{name}") for name in "abc")
    noon = datetime.datetime(2026, 8, 3, 10, tzinfo=UTC)
    away = Absence(FIRM, a, b, day, day)
    assert stand_in([away], a, FIRM, at=noon) == b
    assert stand_in([away], a, FirmId("fir_2"), at=noon) == a
    assert stand_in([away, Absence(FIRM, b, c, day, day)], a, FIRM, at=noon) == c
    assert stand_in([away, Absence(FIRM, b, a, day, day)], a, FIRM, at=noon) == a
    assert stand_in([replace(away, ended_at=noon)], a, FIRM, at=noon) == a
    assert stand_in([away], a, FIRM, at=noon + datetime.timedelta(days=1)) == a
    assert stand_in([away], a, FIRM, at=datetime.datetime(2026, 8, 3, 21, 59, 59, 999999, tzinfo=UTC)) == b
