# ruff: noqa: S608 - the statements are the tampering that is tested
"""Every line of a ledger, and every way of tampering with it, one by one."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jesignd.domain.credit import Cents, VatRate
from jesignd.domain.people import FirmId
from jesignd.errors import VerificationFailed
from jesignd.store import chain, ledger, reservations
from jesignd.store.database import Database, connection
from jesignd.store.reservations import Act
from jesignd.store.schema import ledger as table

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
COLUMNS = ["reference", "source", "destination", "cents", "at", "memo", "digest", "firm", "vat"]
LINES = 8


@pytest.fixture
def written(sqlite: Database) -> Database:
    """A ledger with a line of each kind, of two firms."""
    with sqlite.transaction() as tx:
        ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON, memo="x")
        ledger.top_up(tx, Cents(100), reference="virement 1", at=NOON, firm=FirmId("fir_b"), vat=VatRate(2000))
        reservations.reserve(tx, [Act("a", Cents(5)), Act("b", Cents(5)), Act("c", Cents(25))], at=NOON)
        reservations.capture(tx, {"a": "seal"}, at=NOON)
        reservations.release_acts(tx, ["b"], at=NOON)
        ledger.debit(tx, [("d", Cents(0))], at=NOON, memo="seal TEST")
        assert ledger.check_chain(tx) == LINES
    return sqlite


class Undone(Exception):
    """Ends the block without leaving a trace."""


@contextmanager
def tampered(database: Database, *statements: str) -> Iterator[None]:
    """After these statements the ledger must not check; then they are undone."""
    with pytest.raises(Undone), database.transaction() as tx:  # noqa: PT012 - what is raised undoes the block
        for statement in statements:
            connection(tx).exec_driver_sql(statement)
        with pytest.raises(VerificationFailed):
            ledger.check_chain(tx)
        yield
        raise Undone


def other(column: str) -> str:
    """Another value, of the column's type, that no constraint refuses."""
    return {
        "cents": "cents + 1",
        "at": "at + 1",
        "vat": "coalesce(vat, 0) + 1",
        "source": "CASE source WHEN 'acts' THEN 'x' ELSE 'acts' || source END",
        "destination": "'x' || destination",
    }.get(column, f"{column} || 'x'")


def test_every_column_of_every_line_is_covered(written: Database) -> None:
    assert set(COLUMNS) | {"sequence"} == {column.name for column in table.c}
    for line, column in itertools.product(range(1, LINES + 1), COLUMNS):
        with tampered(written, f"UPDATE ledger SET {column} = {other(column)} WHERE sequence = {line}"):
            pass


def test_every_line_is_missed(written: Database) -> None:
    for line in range(1, LINES + 1):
        with tampered(written, f"DELETE FROM ledger WHERE sequence = {line}"):
            pass
        closed_up = f"UPDATE ledger SET sequence = sequence - 1 WHERE sequence > {line}"
        with tampered(written, f"DELETE FROM ledger WHERE sequence = {line}", closed_up):
            pass


def test_every_two_lines_exchanged_show(written: Database) -> None:
    for one, two in itertools.combinations(range(1, LINES + 1), 2):
        exchanges = [(one, -1), (two, one), (-1, two)]
        with tampered(written, *(f"UPDATE ledger SET sequence = {to} WHERE sequence = {at}" for at, to in exchanges)):
            pass


def test_a_line_added_by_hand_shows_wherever_it_is_put(written: Database) -> None:
    columns = ", ".join(COLUMNS[1:])
    for place in range(1, LINES + 2):
        room = f"UPDATE ledger SET sequence = -sequence - 1 WHERE sequence >= {place}"
        back = "UPDATE ledger SET sequence = -sequence WHERE sequence < 0"
        copy = (
            f"INSERT INTO ledger (sequence, reference, {columns}) SELECT {place}, 'payment:mine', {columns} "
            "FROM ledger WHERE reference = 'payment:virement 1'"
        )
        with tampered(written, room, copy, back):
            pass


def test_lines_cut_off_the_end_show_by_the_head_and_by_the_balances(written: Database) -> None:
    for left in range(LINES):
        with tampered(written, f"DELETE FROM ledger WHERE sequence > {left}"):
            pass
    with tampered(
        written,
        f"DELETE FROM ledger WHERE sequence = {LINES - 1} OR sequence = {LINES}",
        f"UPDATE chains SET sequence = {LINES - 2}, digest = "
        f"(SELECT digest FROM ledger WHERE sequence = {LINES - 2}) WHERE name = 'ledger'",
    ):
        pass


def test_a_reservation_or_a_balance_changed_by_hand_shows(written: Database) -> None:
    for statement in (
        "UPDATE reservations SET cents = 1 WHERE act = 'c'",
        "UPDATE reservations SET state = 'released' WHERE act = 'c'",
        "UPDATE reservations SET state = 'open' WHERE act = 'b'",
        "DELETE FROM reservations WHERE act = 'c'",
        "UPDATE balances SET cents = cents + 1 WHERE firm = 'fir_b' AND account = 'firm'",
        "INSERT INTO balances (firm, account, cents) VALUES ('fir_c', 'firm', 100)",
    ):
        with tampered(written, statement):
            pass


def test_lines_written_before_firms_and_rates_keep_their_digest(sqlite: Database) -> None:
    before = {
        "reference": "payment:v",
        "source": "outside",
        "destination": "firm",
        "cents": 100,
        "at": NOON,
        "memo": "",
    }
    expected = chain._digest(chain.Head(0, "0" * 64), before)
    with sqlite.transaction() as tx:
        ledger.top_up(tx, Cents(100), reference="v", at=NOON)
        assert ledger.head(tx) == expected
