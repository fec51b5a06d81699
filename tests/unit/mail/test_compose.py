from __future__ import annotations

import datetime
import email
import string
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jesignd.domain.mail import Kind
from jesignd.domain.people import Email
from jesignd.mail.compose import Sender, compose

AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)
SENDER = Sender("Cabinet Équerre & Associés", Email("ne-pas-repondre@equerre.example"))
TO = Email("claire@equerre.example")
WORDS = {
    "name": "Claire Martin",
    "subject": "Claire Martin",
    "serial": "4f2a",
    "days": "30",
    "day_fr": "24 décembre 2026",
    "day_en": "24 December 2026",
    "hour": "10:30",
    "remedy_fr": "Pour le renouveler : jesignd enrol renew claire",
    "remedy_en": "To renew it: …",
    "granter": "Paul Durand",
    "firm": "Équerre",
    "rights_fr": "sceller",
    "rights_en": "seal",
    "delegation": "del_1",
    "first_fr": "1er décembre 2026",
    "first_en": "1 December 2026",
    "next_fr": "Acceptez.",
    "next_en": "Accept.",
    "balance_fr": "4,20 €",
    "balance_en": "€4.20",
    "least_fr": "5,00 €",
    "least_en": "€5.00",
    "login": "claire",
    "code": "7F3K-Q9TM",
}


def letter(kind: Kind = Kind.CERTIFICATE_EXPIRES, **changes: str) -> email.message.EmailMessage:
    made = compose(kind, {**WORDS, **changes}, sender=SENDER, to=TO, message_id="a1", at=AT)
    return email.message_from_bytes(made.as_bytes(), policy=default)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_written_in_both_languages_plain_and_in_html(kind: Kind) -> None:
    made = letter(kind)
    plain, page = (made.get_body((form,)).get_content() for form in ("plain", "html"))  # type: ignore[union-attr]
    assert plain.index("Bonjour") < plain.index("Hello")
    assert page.index("Bonjour") < page.index("Hello")
    assert "$" not in plain + page + str(made["Subject"])


def test_the_headers_name_the_firm_and_nobody_answers_a_machine() -> None:
    made = letter()
    assert made["From"] == "Cabinet Équerre & Associés <ne-pas-repondre@equerre.example>"
    assert made["To"] == TO
    assert made["Subject"] == (
        "Votre certificat expire le 24 décembre 2026 / Your certificate expires on 24 December 2026"
    )
    assert (made["Message-ID"], made["Auto-Submitted"]) == ("<a1@equerre.example>", "auto-generated")


def test_what_goes_over_the_wire_is_ascii_in_short_lines() -> None:
    made = compose(Kind.CERTIFICATE_EXPIRES, WORDS, sender=SENDER, to=TO, message_id="a1", at=AT).as_bytes()
    assert made.isascii()
    assert max(map(len, made.split(b"\r\n"))) <= 998
    assert b"\n" not in made.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\r\n\r\n"])
def test_no_word_becomes_a_header_a_recipient_or_a_paragraph(kind: Kind, end: str) -> None:
    evil = f"Claire{end}Bcc: eve@evil.example{end}{end}Cliquez"
    innocent = letter(kind)
    for word in WORDS:
        made = letter(kind, **{word: evil})
        assert made.keys() == innocent.keys()
        assert (made["To"], made["Bcc"]) == (TO, None)
        lines = made.get_body(("plain",)).get_content().splitlines()  # type: ignore[union-attr]
        assert not any(line.startswith(("Bcc", "Cliquez")) for line in lines)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.sampled_from(sorted(WORDS)))
def test_a_letter_always_has_the_same_headers_whatever_people_are_called(text: str, word: str) -> None:
    made = letter(**{word: text})
    assert made.keys() == letter().keys()
    assert made["To"] == TO


def test_markup_in_a_name_stays_text() -> None:
    page = letter(name="<script>alert(1)</script>").get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_dollar_in_a_name_is_a_dollar() -> None:
    assert "Bonjour $code $$" in letter(name="$code $$").get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_missing_word_is_no_letter() -> None:
    with pytest.raises(KeyError):
        compose(Kind.CREDIT_LOW, {"name": string.ascii_letters}, sender=SENDER, to=TO, message_id="a", at=AT)
