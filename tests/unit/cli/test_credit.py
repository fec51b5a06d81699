from __future__ import annotations

import json

import pytest


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
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["reference"], line["amount"], line["destination"]) == ("payment:virement-1", 1250, "firm")


def test_the_statement_stops_at_the_end_of_the_last_day(office, held, capsys):
    assert office.types("credit", "statement", "--until", "2026-11-24") == 0
    assert "virement-1" in capsys.readouterr().out
    assert office.types("credit", "statement", "--until", "2026-11-23") == 0
    assert capsys.readouterr().out == ""
