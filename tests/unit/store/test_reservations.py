from __future__ import annotations

import contextlib
import datetime
import itertools
import random
import threading
from pathlib import Path

import pytest
import sqlalchemy.exc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jesignd.domain.credit import Account, Cents, VatRate
from jesignd.domain.documents import DocumentState
from jesignd.domain.people import FirmId
from jesignd.errors import CreditExhausted, ServiceError
from jesignd.store import documents, ledger, reservations
from jesignd.store.database import Database
from jesignd.store.documents import Move
from jesignd.store.reservations import Act

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
SEAL = Cents(5)
SIGNATURE = Cents(25)


def fill(database: Database, cents: int, reference: str = "virement", firm: str = "") -> None:
    with database.transaction() as tx:
        ledger.top_up(tx, Cents(cents), reference=reference, at=NOON, firm=FirmId(firm))


def test_what_is_reserved_can_be_spent_on_nothing_else(database: Database) -> None:
    fill(database, 9)
    with database.transaction() as tx:
        assert reservations.reserve(tx, [Act("a", SEAL)], at=NOON) == {"a"}
        assert ledger.balance(tx) == 4
        with pytest.raises(CreditExhausted):
            reservations.reserve(tx, [Act("b", SEAL)], at=NOON)
        with pytest.raises(CreditExhausted):
            ledger.debit(tx, [("b", SEAL)], at=NOON)
        assert ledger.check_chain(tx) == 2


def test_an_act_is_reserved_captured_and_given_back_once(database: Database) -> None:
    fill(database, 100)
    with database.transaction() as tx:
        reservations.reserve(tx, [Act("a", SEAL), Act("b", SEAL)], at=NOON)
        assert reservations.reserve(tx, [Act("a", SEAL)], at=NOON) == frozenset()
        assert reservations.capture(tx, {"a": "seal"}, at=NOON) == {"a"}
        assert reservations.capture(tx, {"a": "seal"}, at=NOON) == frozenset()
        assert reservations.reserve(tx, [Act("a", SEAL)], at=NOON) == frozenset()
        assert reservations.release_acts(tx, ["a", "b"], at=NOON) == SEAL
        assert reservations.release_acts(tx, ["a", "b"], at=NOON) == 0
        assert reservations.capture(tx, {"b": "seal"}, at=NOON) == frozenset()
        assert ledger.standing(tx) == {
            Account.OUTSIDE: -100,
            Account.FIRM: 95,
            Account.RESERVED: 0,
            Account.ACTS: 5,
        }
        assert ledger.debit(tx, [("a", SEAL)], at=NOON) == frozenset()
        assert ledger.check_chain(tx) == 5


def test_the_price_is_that_of_the_day_of_reserving(database: Database) -> None:
    fill(database, 100)
    with database.transaction() as tx:
        reservations.reserve(tx, [Act("a", SEAL)], at=NOON, vat=VatRate(2000))
        reservations.reserve(tx, [Act("a", SIGNATURE)], at=NOON, vat=VatRate(550))
        reservations.capture(tx, {"a": ""}, at=NOON)
        (line,) = [one for one in ledger.statement(tx) if one.reference == "act:a"]
    assert (line.amount, line.vat) == (SEAL, 2000)


def test_an_act_given_up_and_authorised_again_reserves_at_the_new_price(database: Database) -> None:
    fill(database, 100)
    with database.transaction() as tx:
        for price in (SEAL, SIGNATURE):
            assert reservations.reserve(tx, [Act("a", price)], at=NOON) == {"a"}
            assert reservations.release_acts(tx, ["a"], at=NOON) == price
        reservations.reserve(tx, [Act("a", SIGNATURE)], at=NOON)
        reservations.capture(tx, {"a": ""}, at=NOON)
        told = [one.reference for one in ledger.statement(tx)][1:]
        assert ledger.balance(tx) == 75
        ledger.check_chain(tx)
    assert told == ["reserve:a", "release:a", "reserve:a#2", "release:a#2", "reserve:a#3", "act:a"]


def test_credit_kept_for_a_document_that_is_not_awaited_any_more_is_found(database: Database, claim) -> None:
    fill(database, 100)
    one, other = claim("a.pdf"), claim("b.pdf")
    with database.transaction() as tx:
        documents.insert(tx, [one, other], at=NOON)
        for before, after in (("received", "recognised"), ("recognised", "authorised")):
            moves = [Move(doc.id, DocumentState(before), DocumentState(after)) for doc in (one, other)]
            documents.move_many(tx, moves, at=NOON)
        reservations.reserve(tx, [Act("a", SEAL, one.id), Act("b", SEAL, other.id)], at=NOON)
        assert reservations.forgotten(tx) == []
        documents.move_many(tx, [Move(one.id, DocumentState.AUTHORISED, DocumentState.HELD)], at=NOON)
        assert reservations.forgotten(tx) == [one.id]
        assert reservations.release(tx, [one.id], at=NOON) == SEAL
        assert reservations.forgotten(tx) == []
        assert [each.state for each in reservations.of_document(tx, other.id)] == ["open"]


def test_firms_do_not_spend_each_others_credit(database: Database) -> None:
    fill(database, 100, firm="fir_a")
    fill(database, 7, firm="fir_b")
    a, b = FirmId("fir_a"), FirmId("fir_b")
    with database.transaction() as tx:
        assert reservations.reserve(tx, [Act("x", SIGNATURE)], at=NOON, firm=a) == {"x"}
        with pytest.raises(CreditExhausted):
            reservations.reserve(tx, [Act("y", SIGNATURE)], at=NOON, firm=b)
        with pytest.raises(CreditExhausted):
            ledger.debit(tx, [("z", SEAL)], at=NOON)
        assert (ledger.balance(tx, a), ledger.balance(tx, b), ledger.balance(tx)) == (75, 7, 0)
        assert [one.firm for one in ledger.statement(tx, firm=b)] == [b]
        assert ledger.check_chain(tx) == 3


def race(database: Database, spend, rounds: int, threads: int, at_once: int) -> list[list[str]]:
    """Each round is a firm with 0.25 €, and every thread tries to spend it, in an order of its own; the winners."""
    winners: list[list[str]] = [[] for _ in range(rounds)]
    gate = threading.Barrier(threads)

    def attempt(some: list[int], number: int) -> list[int]:
        """Those won; SQLite's queue is not fair, and who has waited a minute for a turn asks again."""
        while True:
            won = []
            try:
                with database.transaction() as tx:
                    for one in some:
                        with contextlib.suppress(CreditExhausted):
                            spend(tx, f"sign:{one}:{number}", FirmId(f"fir_{one}"))
                            won.append(one)
            except (ServiceError, sqlalchemy.exc.TimeoutError):
                continue
            return won

    def run(number: int) -> None:
        order = list(range(rounds))
        random.Random(number).shuffle(order)  # noqa: S311
        gate.wait()
        for start in range(0, rounds, at_once):
            for one in attempt(order[start : start + at_once], number):
                winners[one].append(f"sign:{one}:{number}")

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return winners


def reserved(tx, act: str, firm: FirmId) -> None:
    reservations.reserve(tx, [Act(act, SIGNATURE)], at=NOON, firm=firm)


def debited(tx, act: str, firm: FirmId) -> None:
    ledger.debit(tx, [(act, SIGNATURE)], at=NOON, firm=firm)


def assert_one_wins(tmp_path: Path, spend, *, rounds: int, at_once: int) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'race.db'}")
    with database.transaction() as tx:
        for one in range(rounds):
            ledger.top_up(tx, SIGNATURE, reference="virement", at=NOON, firm=FirmId(f"fir_{one}"))
    winners = race(database, spend, rounds, threads=64, at_once=at_once)
    assert [len(one) for one in winners] == [1] * rounds
    with database.reading() as tx:
        assert ledger.check_chain(tx) == 2 * rounds
        assert {ledger.balance(tx, FirmId(f"fir_{one}")) for one in range(rounds)} == {0}
    database.close()


@pytest.mark.parametrize("spend", [reserved, debited])
def test_of_64_threads_that_spend_the_last_quarter_of_a_euro_one_wins(tmp_path: Path, spend) -> None:
    assert_one_wins(tmp_path, spend, rounds=4, at_once=1)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_of_64_threads_that_spend_the_last_quarter_of_a_euro_one_wins_a_thousand_times(tmp_path: Path) -> None:
    assert_one_wins(tmp_path, reserved, rounds=1000, at_once=50)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("top up"), st.integers(1, 60)),
        st.tuples(st.just("reserve"), st.sampled_from([0, 5, 25])),
        st.tuples(st.just("debit"), st.sampled_from([5, 25])),
        st.tuples(st.just("capture"), st.integers(0, 5)),
        st.tuples(st.just("release"), st.integers(0, 5)),
    ),
    min_size=1,
    max_size=8,
)


class Teller(threading.Thread):
    """One of several that move the same firm's credit at once; remembers what it was told had been done."""

    def __init__(self, database: Database, firm: FirmId, name: str, steps: list[tuple[str, int]]) -> None:
        super().__init__()
        self.database, self.firm, self.label, self.steps = database, firm, f"{firm}:{name}", steps
        self.paid = self.spent = 0
        self.open: dict[str, int] = {}

    def run(self) -> None:
        for number, (step, value) in enumerate(self.steps):
            try:
                with self.database.transaction() as tx:
                    self.do(tx, step, value, f"{self.label}:{number}")
            except CreditExhausted:
                continue

    def do(self, tx, step: str, value: int, name: str) -> None:
        if step == "top up":
            assert ledger.top_up(tx, Cents(value), reference=name, at=NOON, firm=self.firm)
            self.paid += value
        elif step == "reserve":
            reservations.reserve(tx, [Act(name, Cents(value))], at=NOON, firm=self.firm)
            self.open[name] = value
        elif step == "debit":
            ledger.debit(tx, [(name, Cents(value))], at=NOON, firm=self.firm)
            self.spent += value
        elif self.open:
            act = sorted(self.open)[value % len(self.open)]
            cents = self.open.pop(act)
            if step == "capture":
                assert reservations.capture(tx, {act: ""}, at=NOON) == {act}
                self.spent += cents
            else:
                assert reservations.release_acts(tx, [act], at=NOON) == cents


firms = itertools.count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=st.lists(STEPS, min_size=2, max_size=4))
def test_top_ups_and_spending_at_once_always_add_up(sqlite: Database, plans) -> None:
    firm = FirmId(f"fir_{next(firms)}")
    tellers = [Teller(sqlite, firm, f"t{number}", steps) for number, steps in enumerate(plans)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    with sqlite.reading() as tx:
        credit = ledger.standing(tx, firm)
        ledger.check_chain(tx)
    kept = sum(sum(one.open.values()) for one in tellers)
    paid, spent = sum(one.paid for one in tellers), sum(one.spent for one in tellers)
    assert credit == {
        Account.OUTSIDE: -paid,
        Account.FIRM: paid - spent - kept,
        Account.RESERVED: kept,
        Account.ACTS: spent,
    }
    assert credit[Account.FIRM] >= 0
