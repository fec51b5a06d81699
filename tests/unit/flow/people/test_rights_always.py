"""Rights, whatever happens in whatever order: the house against a model that knows only the firm's words."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
import zoneinfo
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from jesignd.domain.delegations import Allowed, Denied, Operation, Scope, Subject
from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.granting import listed
from jesignd.domain.people import AccountId, Status
from jesignd.domain.terms import DEFAULT, TermsKind
from jesignd.errors import NotAllowed
from jesignd.flow import acting, delegate, people
from jesignd.flow.acting import Proposed
from jesignd.flow.delegate import Outcome
from jesignd.store import people as stored
from jesignd.store.database import Database
from jesignd.testing.cabinet import START, Cabinet, Clock

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
NAMES = ("claire", "bruno", "ines", "karim")
POWERS = {
    "prepare": {"prepare_signing", "prepare_sealing"},
    "launch": {"prepare_signing", "prepare_sealing", "launch_signing", "cancel"},
    "seal": {"prepare_sealing", "launch_sealing"},
    "sign": {"prepare_signing", "prepare_sealing", "launch_signing", "cancel", "sign"},
}
CERTIFIED = {"claire", "bruno", "ines"}
steps = 0
told: Counter[str] = Counter()


@dataclass
class Given:
    """A delegation as people would remember it."""

    id: str
    to: str
    by: str
    by_stay: int
    rights: frozenset[str]
    first: datetime.date
    last: datetime.date
    at: datetime.datetime
    to_stay: int | None
    kinds: frozenset[str]
    left: int | None
    revoked: bool = False


class Memory:
    """Who is where, and who gave what to whom."""

    def __init__(self) -> None:
        self.now = START
        self.status: dict[str, Status | None] = dict.fromkeys(NAMES, Status.STAFF)
        self.stay = dict.fromkeys(NAMES, 1)
        self.given: list[Given] = []

    def may(self, name: str, operation: str, kind: str) -> Given | bool:
        if self.status.get(name) is Status.ACCOUNTANT:
            return operation != "sign" or name in CERTIFIED
        today = self.now.astimezone(PARIS).date()
        for one in self.given:
            if (
                one.to == name
                and self.status.get(name) is not None
                and one.to_stay == self.stay[name]
                and self.status[one.by] is Status.ACCOUNTANT
                and one.by_stay == self.stay[one.by]
                and any(operation in POWERS[right] for right in one.rights)
                and one.first <= today <= one.last
                and not one.revoked
                and (not one.kinds or kind in one.kinds)
                and one.left != 0
                and (operation != "sign" or name in CERTIFIED)
            ):
                return one
        return False


class House(RuleBasedStateMachine):
    """A firm of four people, and one address nobody has an account for yet."""

    template: Path
    kit: Cabinet

    def __init__(self) -> None:
        super().__init__()
        memory = Path("/dev/shm")
        self.folder = tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)
        path = Path(self.folder.name) / "jesignd.db"
        shutil.copy(self.template, path)
        self.database = Database.open(f"sqlite:///{path}")
        self.clock = Clock(START)
        self.on = {"database": self.database, "clock": self.clock}
        self.memory = Memory()
        self.memory.status["claire"] = self.memory.status["bruno"] = Status.ACCOUNTANT
        self.acts = 0

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def _tick(self) -> None:
        global steps
        steps += 1
        self.memory.now = self.clock.advance(microseconds=7)

    def id_of(self, name: str) -> AccountId:
        return ACCOUNTS[name]

    @rule(
        by=st.sampled_from(["claire", "claire", "bruno", "ines"]),
        to=st.sampled_from(["ines", "karim", "ines", "karim", "neuf", "bruno"]),
        rights=st.frozensets(st.sampled_from(sorted(POWERS)), min_size=1),
        begins=st.sampled_from([0, 0, 1]),
        lasts=st.integers(0, 4),
        kinds=st.sampled_from([frozenset(), frozenset(), frozenset({"BP"}), frozenset({"NH", "LDM"})]),
        acts=st.sampled_from([None, None, 1, 2]),
    )
    def grant(self, by, to, rights, begins, lasts, kinds, acts) -> None:
        self._tick()
        memory = self.memory
        first = memory.now.astimezone(PARIS).date() + datetime.timedelta(days=begins)
        last = first + datetime.timedelta(days=lasts)
        wish = delegate.Wish(frozenset(map(Right, rights)), first, last)
        lines = listed([[f"{to}@jlm.example"]])
        scope = Scope(frozenset(map(DocumentKind, kinds)), acts=acts)
        order = delegate.Order(self.kit.firm.id, self.id_of(by), lines, wish, scope)
        allowed = memory.status[by] is Status.ACCOUNTANT
        try:
            (result,) = delegate.grant(order, self.kit.signer_of(self.id_of(by)), terms=DEFAULT, **self.on)
        except NotAllowed:
            assert not allowed
            return
        assert allowed
        if to == by:
            assert result.outcome is Outcome.REFUSED
            return
        known = to in memory.status
        assert result.outcome is (Outcome.GRANTED if known else Outcome.PENDING)
        if known and memory.status[to] is None:
            memory.status[to] = Status.STAFF
            memory.stay[to] += 1
        memory.given.append(
            Given(
                result.delegation,
                to,
                by,
                memory.stay[by],
                rights,
                first,
                last,
                memory.now,
                memory.stay[to] if known else None,
                kinds,
                acts,
            )
        )

    @precondition(lambda self: self.memory.given)
    @rule(which=st.integers(0, 1000), by=st.sampled_from(["claire", "bruno", "ines"]), rarely=st.integers(0, 1))
    def revoke(self, which, by, rarely) -> None:
        if rarely:
            return
        self._tick()
        one = self.memory.given[which % len(self.memory.given)]
        allowed = self.memory.status[by] is Status.ACCOUNTANT
        try:
            news = delegate.revoke(one.id, self.id_of(by), self.kit.signer_of(self.id_of(by)), terms=DEFAULT, **self.on)
        except NotAllowed:
            assert not allowed
            return
        assert allowed
        assert news is not one.revoked
        one.revoked = True

    @rule(name=st.sampled_from(NAMES), becomes=st.sampled_from([None, *Status]), rarely=st.integers(0, 3))
    def move(self, name, becomes, rarely) -> None:
        """Leave, join, or become something else; one time in four, or nothing granted would live long."""
        if rarely:
            return
        self._tick()
        if becomes is None:
            left = people.leave(self.id_of(name), self.kit.firm.id, by="test", **self.on)
            assert left is (self.memory.status[name] is not None)
            self.memory.status[name] = None
            return
        people.join(self.id_of(name), self.kit.firm.id, becomes, by="test", **self.on)
        if self.memory.status[name] is not becomes:
            self.memory.status[name] = becomes
            self.memory.stay[name] += 1

    @precondition(lambda self: "neuf" not in self.memory.status)
    @rule()
    def open_account(self) -> None:
        self._tick()
        profile = people.Profile("Neuf", "Martin", "neuf@jlm.example")  # type: ignore[arg-type]
        account, received = people.add_account(people.Newcomer("neuf", profile), by="test", **self.on)
        ACCOUNTS["neuf"] = account.id
        self.memory.status["neuf"] = None
        self.memory.stay["neuf"] = 0
        waiting = [one for one in self.memory.given if one.to == "neuf" and not one.revoked]
        assert {one.id for one in received} == {one.id for one in waiting}
        if waiting:
            self.memory.status["neuf"] = Status.STAFF
            self.memory.stay["neuf"] = 1
            for one in waiting:
                one.to_stay = 1
        with self.database.transaction() as transaction:
            for kind in TermsKind:
                stored.accept(transaction, account.id, kind, accepted=DEFAULT, at=self.memory.now)

    @rule(hours=st.sampled_from([1, 11, 24, 48]))
    def wait(self, hours) -> None:
        self._tick()
        self.memory.now = self.clock.advance(hours=hours)

    @rule(
        name=st.sampled_from(["claire", "ines", "karim", "neuf"]),
        operation=st.sampled_from([one.value for one in Operation]),
        kind=st.sampled_from(["BP", "NH", "RH"]),
    )
    def act(self, name, operation, kind) -> None:
        self._ask(name, operation, kind)

    @precondition(lambda self: self.memory.given)
    @rule(which=st.integers(0, 1000), power=st.integers(0, 3), kind=st.sampled_from(["BP", "NH", "RH"]))
    def use(self, which, power, kind) -> None:
        """Do something that a delegation was given for, whether it still counts or not."""
        one = self.memory.given[which % len(self.memory.given)]
        rights = sorted(one.rights)
        operations = sorted(POWERS[rights[power % len(rights)]])
        self._ask(one.to, operations[which % len(operations)], kind)

    @precondition(lambda self: any(one.revoked for one in self.memory.given))
    @rule(kind=st.sampled_from(["BP", "NH", "RH"]))
    def use_what_was_taken_back_last(self, kind) -> None:
        one = [one for one in self.memory.given if one.revoked][-1]
        for right in sorted(one.rights):
            self._ask(one.to, min(POWERS[right]), kind)

    @rule(name=st.sampled_from(["ines", "karim", "neuf"]), kind=st.sampled_from(["BP", "NH", "RH"]))
    def look_at_every_operation(self, name, kind) -> None:
        for operation in Operation:
            self._ask(name, operation.value, kind)

    def _ask(self, name: str, operation: str, kind: str) -> None:
        self._tick()
        if name not in self.memory.status:
            return
        self.acts += 1
        subject = Subject(self.kit.firm.id, DocumentKind(kind), "000424", prepared_by=AccountId("per_other"))
        proposed = Proposed(f"act:{self.acts}", Operation(operation), subject)
        with self.database.transaction() as transaction:
            (answer,) = acting.perform(transaction, self.id_of(name), [proposed], terms=DEFAULT, at=self.memory.now)
        expected = self.memory.may(name, operation, kind)
        assert isinstance(answer, Allowed) is bool(expected), (name, operation, kind, answer, expected)
        told[
            answer.why.value if isinstance(answer, Denied) else "own right" if answer.under is None else "delegated"
        ] += 1
        if isinstance(answer, Allowed) and answer.under is not None:
            used = next(one for one in self.memory.given if one.id == answer.under.id)
            if used.left is not None:
                used.left -= 1


ACCOUNTS: dict[str, AccountId] = {}


@pytest.fixture
def house(tmp_path, authority):
    """The firm on its first day, to be copied for each history."""
    path = tmp_path / "first.db"
    database = Database.open(f"sqlite:///{path}")
    kit = Cabinet(database, Clock(START - datetime.timedelta(days=1)), authority)
    accounts = {"claire": kit.claire, "bruno": kit.newcomer("bruno", status=Status.ACCOUNTANT)}
    accounts |= {name: kit.newcomer(name) for name in ("ines", "karim")}
    for name in ("bruno", "ines"):
        kit.enable(accounts[name])
    for kind in TermsKind:
        with database.transaction() as transaction:
            stored.accept(transaction, accounts["karim"].id, kind, accepted=DEFAULT, at=kit.clock())
    ACCOUNTS.update({name: account.id for name, account in accounts.items()})
    for name in ("claire", "bruno", "ines"):
        kit.signer(accounts[name])
    database.close()
    House.template = path
    House.kit = kit
    return House


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_house_and_the_model_never_differ(house):
    histories = int(os.environ.get("JESIGND_HISTORIES", "45"))
    run_state_machine_as_test(
        house,
        settings=settings(
            max_examples=histories,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert steps >= min(2000, histories * 45)
    for answer in ("own right", "delegated", "no_right", "revoked"):
        assert told[answer], f"no history came across {answer}: {told}"
