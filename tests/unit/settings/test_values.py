from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.credit import Cents
from jesignd.settings import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5s", 5),
        ("500ms", 0.5),
        ("0.5s", 0.5),
        ("10m", 600),
        ("10min", 600),
        ("2h", 7200),
        ("15d", 1_296_000),
        ("1j", 86_400),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert values.parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"), [("10MB", 10_000_000), ("10Mo", 10_000_000), ("1MiB", 1 << 20), ("1.5kB", 1500), ("7B", 7)]
)
def test_a_size_is_read_in_bytes(text: str, size: int) -> None:
    assert values.parse_size(text) == size


@pytest.mark.parametrize(("text", "millimetres"), [("70mm", 70), ("7cm", 70), ("2.5cm", 25), ("0mm", 0)])
def test_a_length_is_read_in_millimetres(text: str, millimetres: float) -> None:
    assert values.parse_length(text) == millimetres


@pytest.mark.parametrize(
    ("written", "cents"), [("0.05", 5), (0.05, 5), ("0.25", 25), (1, 100), ("0", 0), ("10000", 1_000_000), (0.29, 29)]
)
def test_a_price_is_read_in_whole_cents(written: str | float, cents: int) -> None:
    assert values.parse_price(written) == cents


@pytest.mark.parametrize("text", ["", "5", "s", "-5s", "5 apples", "1e3s", "٥s", "5s 3m", "5\n", "0,5s", "inf", "nans"])
@pytest.mark.parametrize("parse", [values.parse_duration, values.parse_size, values.parse_length])
def test_a_quantity_without_its_unit_or_form_is_refused(parse: object, text: str) -> None:
    with pytest.raises(values.NotThis):
        parse(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    "written", ["0.055", 0.1 + 0.2, "-1", "NaN", "Infinity", "1e99", "0,05", "", "10000.01", "1_0x"]
)
def test_a_price_that_is_not_whole_cents_is_refused(written: str | float) -> None:
    with pytest.raises(values.NotThis):
        values.parse_price(written)


@given(st.integers(min_value=0, max_value=10**9).map(lambda thousandths: thousandths / 1000))
def test_a_duration_always_survives_being_written(seconds: float) -> None:
    assert values.parse_duration(values.write_duration(seconds)) == seconds


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_size_always_survives_being_written(size: int) -> None:
    assert values.parse_size(values.write_size(size)) == size


@given(st.integers(min_value=0, max_value=10**6).map(lambda thousandths: thousandths / 1000))
def test_a_length_always_survives_being_written(millimetres: float) -> None:
    assert values.parse_length(values.write_length(millimetres)) == millimetres


@given(st.integers(min_value=0, max_value=1_000_000).map(Cents))
def test_a_price_always_survives_being_written(cents: Cents) -> None:
    assert values.parse_price(values.write_price(cents)) == cents


@given(st.text(max_size=20))
def test_no_text_ever_raises_anything_but_not_this(text: str) -> None:
    for parse in (values.parse_duration, values.parse_size, values.parse_length, values.parse_price):
        with contextlib.suppress(values.NotThis):
            parse(text)
