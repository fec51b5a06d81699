from __future__ import annotations

import datetime
import urllib.parse

import pytest

from jesignd.identity import codes

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds, code):
    """RFC 6238, appendix B: the last six of its eight digits."""
    assert codes.at_step(SECRET, seconds // 30) == code


def at(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def test_a_code_is_accepted_a_step_early_or_late_and_no_more():
    code = codes.at_step(SECRET, 100)
    accepted = [step for step in range(96, 105) if codes.step_of(SECRET, code, at=at(step * 30), after=None) == 100]
    assert accepted == [99, 100, 101]


def test_a_code_is_accepted_once():
    code = codes.at_step(SECRET, 100)
    assert codes.step_of(SECRET, code, at=at(3000), after=99) == 100
    assert codes.step_of(SECRET, code, at=at(3000), after=100) is None


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "0000000", "２８７０８２"])
def test_what_is_no_code_is_refused(code):
    assert codes.step_of(SECRET, code, at=at(59), after=None) is None


def test_the_address_says_whose_codes_they_are():
    address = codes.address(SECRET, login="c.martin", issuer="Cabinet Équerre & Associés")
    parsed = urllib.parse.urlsplit(address)
    assert (parsed.scheme, parsed.netloc) == ("otpauth", "totp")
    query = urllib.parse.parse_qs(parsed.query)
    assert query == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Cabinet Équerre & Associés"]}
