from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jesignd.domain.credit import Account, Cents
from jesignd.errors import CreditExhausted, VerificationFailed
from jesignd.store import ledger
from jesignd.store.database import Database, connection

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def test_an_act_is_debited_once(database: Database) -> None:
    with database.transaction() as tx:
        assert ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON)
        assert ledger.debit(tx, [("seal:a:0", Cents(5)), ("seal:b:0", Cents(5))], at=NOON) == {"seal:a:0", "seal:b:0"}
        assert ledger.debit(tx, [("seal:b:0", Cents(5)), ("seal:c:0", Cents(25))], at=NOON) == {"seal:c:0"}
        assert ledger.debit(tx, [("seal:c:0", Cents(25))], at=NOON) == frozenset()
        assert ledger.balance(tx) == ledger.affordable(tx) == 65
    with database.reading() as tx:
        assert ledger.check_chain(tx) == 4


def test_a_payment_is_added_once(database: Database) -> None:
    with database.transaction() as tx:
        assert ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON)
        assert not ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON)
        assert ledger.balance(tx) == 100


def test_a_batch_that_the_account_does_not_cover_is_not_debited_at_all(database: Database) -> None:
    with database.transaction() as tx:
        ledger.top_up(tx, Cents(9), reference="virement 1", at=NOON)
        with pytest.raises(CreditExhausted) as caught:
            ledger.debit(tx, [("a", Cents(5)), ("b", Cents(5))], at=NOON)
        assert "0,09" in caught.value.message.fr
        assert ledger.balance(tx) == 9
        assert len(ledger.statement(tx)) == 1
        assert ledger.debit(tx, [("a", Cents(5))], at=NOON) == {"a"}


def test_a_statement_tells_every_movement_of_its_span(database: Database) -> None:
    hour = datetime.timedelta(hours=1)
    with database.transaction() as tx:
        ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON)
        ledger.debit(tx, [("seal:a:0", Cents(5))], at=NOON + hour, memo="seal")
        lines = ledger.statement(tx, since=NOON + hour, until=NOON + 2 * hour)
    assert [(line.reference, line.source, line.destination, line.amount, line.memo) for line in lines] == [
        ("act:seal:a:0", Account.FIRM, Account.ACTS, 5, "seal")
    ]


def test_negative_amounts_are_mistakes(sqlite: Database) -> None:
    with sqlite.transaction() as tx:
        with pytest.raises(ValueError, match="more than nothing"):
            ledger.top_up(tx, Cents(0), reference="x", at=NOON)
        with pytest.raises(ValueError, match="never negative"):
            ledger.debit(tx, [("a", Cents(-5))], at=NOON)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE ledger SET cents = 1 WHERE sequence = 2",
        "UPDATE ledger SET memo = 'x' WHERE sequence = 3",
        "DELETE FROM ledger WHERE sequence = 2",
        "DELETE FROM ledger WHERE sequence = 3",
        "UPDATE balances SET cents = cents + 1 WHERE account = 'firm'",
        "DELETE FROM chains",
    ],
)
def test_a_change_made_afterwards_shows(database: Database, tampering: str) -> None:
    with database.transaction() as tx:
        ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON)
        ledger.debit(tx, [("a", Cents(5)), ("b", Cents(5))], at=NOON)
        assert ledger.check_chain(tx) == 3
        connection(tx).exec_driver_sql(tampering)
    with pytest.raises(VerificationFailed), database.reading() as tx:
        ledger.check_chain(tx)


Movements = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(0, 4), st.integers(1, 60)),
        st.tuples(st.just("act"), st.lists(st.integers(0, 9), max_size=4), st.sampled_from([0, 5, 25])),
    ),
    max_size=15,
)


@given(movements=Movements)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_balance_is_always_what_was_paid_less_what_was_spent_and_never_negative(
    sqlite: Database, movements: list[tuple[str, object, int]]
) -> None:
    paid: dict[object, int] = {}
    spent: dict[object, int] = {}
    with pytest.raises(ZeroDivisionError), sqlite.transaction() as tx:  # noqa: PT012
        for kind, what, amount in movements:
            if kind == "pay":
                if ledger.top_up(tx, Cents(amount), reference=str(what), at=NOON):
                    paid[what] = amount
                continue
            assert isinstance(what, list)
            try:
                new = ledger.debit(tx, [(str(act), Cents(amount)) for act in what], at=NOON)
            except CreditExhausted:
                continue
            assert not new & {str(act) for act in spent}
            spent.update({int(act): amount for act in new})
        assert ledger.balance(tx) == sum(paid.values()) - sum(spent.values()) >= 0
        ledger.check_chain(tx)
        raise ZeroDivisionError  # each example begins with an empty ledger
