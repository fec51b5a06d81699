from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jesignd
from jesignd.domain.credit import Cents, Prices, VatRate, euros, net_of, percent, vat_by_line, vat_on
from jesignd.domain.jobs import RETRY_MINUTES, retry_delay
from jesignd.domain.levels import Act

ROOT = Path(jesignd.__file__).parent


@pytest.mark.parametrize(("amount", "written"), [(5, "0,05"), (1250, "12,50"), (-25, "-0,25"), (0, "0,00")])
def test_money_is_written_as_in_france(amount, written):
    assert euros(Cents(amount)) == f"{written}\u202f€"


def test_acts_cost_what_the_price_list_says():
    assert [Prices().of(act) for act in (Act.SEAL, Act.SIGN, Act.HOLD)] == [5, 25, 0]


def test_a_service_is_tried_again_for_half_a_day_then_no_more():
    delays = [retry_delay(attempt) for attempt in range(len(RETRY_MINUTES) + 1)]

    assert [delay.total_seconds() / 60 if delay else None for delay in delays] == [1, 5, 30, 120, 720, None]


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [(5, 2000, 1), (25, 2000, 5), (5000, 2000, 1000), (2, 2000, 0), (3, 2000, 1), (10, 550, 1), (-25, 2000, -5)],
)
def test_tax_is_rounded_to_the_nearest_cent(amount, rate, tax):
    assert vat_on(Cents(amount), VatRate(rate)) == tax


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.sampled_from([0, 210, 550, 1000, 2000])), max_size=40))
def test_the_taxes_of_the_lines_always_add_up_to_the_tax_on_their_total(lines):
    taxes = list(vat_by_line((Cents(amount), VatRate(rate)) for amount, rate in lines))
    for rate in {rate for _, rate in lines}:
        total = sum(amount for amount, one in lines if one == rate)
        told = sum(tax for tax, (_, one) in zip(taxes, lines, strict=True) if one == rate)
        assert told == vat_on(Cents(total), VatRate(rate))


@given(st.integers(0, 10_000_000), st.sampled_from([0, 210, 550, 1000, 2000]))
def test_an_amount_with_tax_always_gives_its_net_back(net, rate):
    assert net_of(Cents(net + vat_on(Cents(net), VatRate(rate))), VatRate(rate)) == net


@pytest.mark.parametrize(("rate", "written"), [(2000, "20"), (550, "5,5"), (210, "2,1"), (5, "0,05"), (0, "0")])
def test_a_rate_is_written_as_in_france(rate, written):
    assert percent(VatRate(rate)) == f"{written}\u202f%"


def test_no_price_is_ever_a_binary_fraction():
    """No float in what counts money: neither a literal nor a division."""
    for name in ("domain/credit.py", "domain/account_statement.py", "store/ledger.py", "store/reservations.py"):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name
            assert not isinstance(node, ast.Div), name
            assert not (isinstance(node, ast.Name) and node.id == "float"), name
