from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import pytest

from jesignd.domain.account_statement import Entry
from jesignd.domain.credit import ONLY_FIRM, Cents, VatRate
from jesignd.domain.events import Event
from jesignd.flow import charges
from jesignd.flow.account import account_statement, pay_in
from jesignd.papers.account import as_csv, as_pdf
from jesignd.store import credit_warnings, ledger, reservations
from jesignd.store.database import Database, connection
from jesignd.store.reservations import Act

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
NORMAL = VatRate(2000)


@pytest.fixture
def database(tmp_path: Path):
    opened = Database.open(f"sqlite:///{tmp_path / 'jesignd.db'}")
    yield opened
    opened.close()


def pay(tx, cents: int, reference: str, at: datetime.datetime = NOON, memo: str = "", warn_below: int = 0) -> bool:
    return pay_in(tx, Cents(cents), reference=reference, vat=NORMAL, warn_below=Cents(warn_below), at=at, memo=memo)


def acts(tx, names: str, *, at: datetime.datetime = NOON) -> None:
    for name in names:
        reservations.reserve(tx, [Act(f"seal:{name}:0", Cents(5))], at=at, vat=NORMAL)
        reservations.capture(tx, {f"seal:{name}:0": "seal"}, at=at)


def test_a_statement_shows_before_tax_the_tax_and_with_it(database: Database) -> None:
    with database.transaction() as tx:
        pay(tx, 1000, "virement-1")
        acts(tx, "ab", at=NOON + DAY)
        reservations.reserve(tx, [Act("seal:c:0", Cents(5))], at=NOON + DAY)
        found = account_statement(tx, firm_name="Cabinet", vat=NORMAL)
        later = account_statement(
            tx, firm_name="Cabinet", vat=NORMAL, since=datetime.date(2026, 11, 25), until=datetime.date(2026, 11, 25)
        )
    assert [(line.entry, line.net, line.vat, line.gross) for line in found.lines] == [
        (Entry.PAYMENT, 1000, 200, 1200),
        (Entry.ACT, -5, -1, -6),
        (Entry.ACT, -5, -1, -6),
    ]
    assert (found.opening, found.closing, found.reserved) == (0, 990, 5)
    assert (found.paid.gross, found.spent.gross) == (1200, -12)
    assert (later.opening, later.closing, len(later.lines)) == (1000, 990, 2)


def test_a_table_opens_in_a_french_spreadsheet_and_runs_nothing(database: Database) -> None:
    with database.transaction() as tx:
        pay(tx, 1000, '=HYPERLINK("http://x.example")', memo="@SUM(A1)\r\n;x")
        pay(tx, 2, "+33 6", memo="-2")
        found = account_statement(tx, firm_name="Cabinet", vat=NORMAL)
    written = as_csv(found)
    assert written.startswith("\ufeffN°;".encode())
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {9}
    assert rows[2][:4] == ["1", "24/11/2026 13:00:00", "versement", 'payment:=HYPERLINK("http://x.example")']
    assert rows[2][4:] == ["'@SUM(A1)  ;x", "10,00", "20", "2,00", "12,00"]
    assert rows[3][4] == "'-2"
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)


def test_a_statement_is_drawn_on_as_many_pages_as_it_takes(database: Database) -> None:
    with database.transaction() as tx:
        pay(tx, 5000, "virement-1 #strong[x]")
        acts(tx, "abcdefghij" * 1, at=NOON)
        for number in range(60):
            pay(tx, 100 + number, f"v{number}")
        found = account_statement(tx, firm_name="Cabinet *Équerre* & #Associés", vat=NORMAL)
    drawn = as_pdf(found, drawn_at=NOON)
    assert drawn.startswith(b"%PDF-")
    assert drawn == as_pdf(found, drawn_at=NOON)
    assert as_pdf(account_statement_of_nothing(database), drawn_at=NOON).startswith(b"%PDF-")


def account_statement_of_nothing(database: Database):
    with database.reading() as tx:
        return account_statement(
            tx, firm_name="Cabinet", vat=NORMAL, since=datetime.date(2020, 1, 1), until=datetime.date(2020, 1, 31)
        )


def events(database: Database) -> list[str]:
    with database.reading() as tx:
        return list(connection(tx).exec_driver_sql("SELECT event FROM journal ORDER BY sequence").scalars())


def test_low_credit_is_told_once_at_each_crossing(database: Database) -> None:
    with database.transaction() as tx:
        pay(tx, 20, "v1", warn_below=10)
        for name in "abcd":
            acts(tx, name)
            charges.watch_balance(tx, warn_below=Cents(10), at=NOON)
        assert credit_warnings.since(tx, ONLY_FIRM) == NOON
        pay(tx, 100, "v2", warn_below=10)
        charges.watch_balance(tx, warn_below=Cents(10), at=NOON)
        ledger.debit(tx, [("x", Cents(95))], at=NOON)
    for _ in range(2):
        charges.check_balance(database=database, warn_below=Cents(10), clock=lambda: NOON)
    added, low, restored = Event.CREDIT_ADDED, Event.CREDIT_LOW, Event.CREDIT_RESTORED
    assert events(database) == [added, low, added, restored, low]


def test_who_asks_for_no_warning_gets_none(database: Database) -> None:
    charges.check_balance(database=database, warn_below=Cents(0), clock=lambda: NOON)
    assert events(database) == []


def test_a_reservation_nobody_will_use_is_given_back(database: Database) -> None:
    with database.transaction() as tx:
        pay(tx, 20, "v1")
        reservations.reserve(tx, [Act("seal:gone:0", Cents(5), "doc_gone")], at=NOON)  # type: ignore[arg-type]
    assert charges.release_forgotten(database=database, clock=lambda: NOON) == 1
    assert charges.release_forgotten(database=database, clock=lambda: NOON) == 0
    with database.reading() as tx:
        assert ledger.balance(tx) == 20
        assert ledger.check_chain(tx) == 3
