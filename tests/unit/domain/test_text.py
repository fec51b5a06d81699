from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain import text


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("équerre €".encode("utf-8-sig"), "utf-8-sig"),
        ("équerre €".encode("utf-16"), "utf-16"),
        ("équerre €".encode(), "utf-8"),
        ("équerre €".encode("cp1252"), "cp1252"),
    ],
)
def test_exports_are_read_in_their_own_encoding(data, encoding):
    assert text.decode(data) == ("équerre €", encoding)


def test_bytes_that_cp1252_does_not_know_are_read_as_latin_1():
    assert text.decode(b"\xe9\x81") == ("é\x81", "latin-1")


@given(st.binary())
def test_any_bytes_are_read_or_refused_but_never_crash(data):
    try:
        text.decode(data)
    except ValueError:
        assert data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data.startswith(b"\xef\xbb\xbf")


def test_two_spellings_of_one_name_have_one_key():
    assert text.key("É.PDF") == text.key("e\u0301.pdf")


@pytest.mark.parametrize("written", ["1 234,50", "1\u202f234,50 €", "1234,50", "+1234,5"])
def test_french_numbers_are_read(written):
    assert text.number(written) == Decimal("1234.50")


@pytest.mark.parametrize("written", ["1.234,50", "1234.50", "", "12,", "abc", "1,2,3"])
def test_numbers_that_would_have_to_be_guessed_are_refused(written):
    with pytest.raises(ValueError):
        text.number(written)


@pytest.mark.parametrize("written", ["31/10/2026", "20261031", "311026"])
def test_french_dates_are_read(written):
    assert text.date(written) == datetime.date(2026, 10, 31)


def test_two_digit_years_turn_at_seventy():
    assert text.date("010170").year == 1970
    assert text.date("010169").year == 2069


@pytest.mark.parametrize("written", ["31/02/2026", "2026-10-31", "1/1/26", ""])
def test_what_is_no_french_date_is_refused(written):
    with pytest.raises(ValueError):
        text.date(written)


def test_a_siren_is_checked():
    assert text.is_siren("732829320")
    assert not text.is_siren("732829321")
    assert not text.is_siren("73282932")
