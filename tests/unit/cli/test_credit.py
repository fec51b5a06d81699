from __future__ import annotations

import json

import pytest

from jesignd.store.database import connection


def test_the_balance_is_written_as_french_people_write_money(office, held, capsys):
    assert office.types("credit", "balance") == 0
    assert capsys.readouterr().out == "12,50\u202f€\n"


def test_a_payment_is_counted_once_by_its_reference(office, held, capsys):
    assert office.types("credit", "topup", "20,25", "--reference", "virement-2") == 0
    assert office.types("credit", "topup", "20,25", "--reference", "virement-2") == 0
    told = capsys.readouterr()
    assert told.out == "32,75\u202f€\n" * 2
    assert "déjà compté" in told.err


@pytest.mark.parametrize("amount", ["0", "-5", "1,005", "beaucoup", "NaN", "inf", "1e9"])
def test_what_is_no_amount_of_euros_and_cents_is_refused(office, amount, capsys):
    assert office.types("credit", "topup", "--", amount) == 2
    assert "montant" in capsys.readouterr().err.lower()


def test_the_statement_lists_every_movement(office, held, capsys):
    assert office.types("--format", "json", "credit", "statement") == 0
    told = json.loads(capsys.readouterr().out)
    (line,) = told["lines"]
    assert (line["reference"], line["entry"]) == ("payment:virement-1", "payment")
    assert (line["net"], line["vat"], line["gross"]) == (1250, 250, 1500)
    assert (told["opening"], told["closing"]) == (0, 1250)


def test_the_statement_stops_at_the_end_of_the_last_day(office, held, capsys):
    assert office.types("credit", "statement", "--until", "2026-11-24") == 0
    assert "virement-1" in capsys.readouterr().out
    assert office.types("credit", "statement", "--until", "2026-11-23") == 0
    assert capsys.readouterr().out == ""


def test_the_statement_is_written_as_a_table_and_as_a_paper_over_nothing(office, held, tmp_path):
    table, paper = tmp_path / "releve.csv", tmp_path / "releve.pdf"
    assert office.types("credit", "statement", "--csv", str(table), "--pdf", str(paper)) == 0
    assert "versement;payment:virement-1" in table.read_text(encoding="utf-8-sig")
    assert paper.read_bytes().startswith(b"%PDF-")
    assert office.types("credit", "statement", "--csv", str(table)) == 4


def test_a_payment_given_with_its_tax_is_counted_before_tax(office, capsys):
    assert office.types("credit", "topup", "60", "--gross", "--reference", "virement-3") == 0
    assert capsys.readouterr().out == "50,00\u202f€\n"


def test_the_account_is_verified(office, held, capsys):
    assert office.types("--format", "json", "credit", "verify") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["lines"] == 1
    assert len(told["digest"]) == 64
    with office.database.transaction() as transaction:
        connection(transaction).exec_driver_sql("UPDATE ledger SET cents = 9999")
    assert office.types("credit", "verify") == 70


def test_low_credit_is_said(office, held, capsys):
    text = office.place.config.read_text(encoding="utf-8")
    assert "warn_below" not in text
    office.place.config.write_text(f'{text}\npricing: {{warn_below: "20.00"}}\n', encoding="utf-8")
    assert office.types("credit", "balance") == 0
    assert "crédit bas" in capsys.readouterr().err
    assert office.types("status") == 69
    assert "crédit bas, sous 20,00" in capsys.readouterr().out


def test_payment_by_card_is_off_until_it_is_configured(office, capsys):
    assert office.types("credit", "topup", "50", "--card") == 4
    assert "carte" in capsys.readouterr().err
