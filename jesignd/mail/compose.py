"""Compose: a letter as it leaves, from a template and a few words.

Whatever comes from people (names of persons and firms) loses its control characters before it is filled in: no word can
begin a new line, so none can become a header, a recipient or a paragraph.
"""

from __future__ import annotations

import datetime
import html
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template

from jesignd.domain.mail import Kind
from jesignd.domain.people import Email

_TEMPLATES = Path(__file__).parent / "templates"
_SECOND_LANGUAGE = "\n----\n"
_LONGEST_WORD = 300


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom letters come."""

    name: str
    address: Email


def compose(
    kind: Kind,
    words: Mapping[str, str],
    *,
    sender: Sender,
    to: Email,
    message_id: str,
    at: datetime.datetime,
) -> EmailMessage:
    """The letter, plain text and HTML; the same `message_id` lets a reader's program drop one that was sent twice.

    Raises:
        KeyError: a word of the template is missing.
    """
    filled = {name: _one_line(word) for name, word in words.items()}
    subject, body = (part.substitute(filled) for part in _template(kind))
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_one_line(sender.name), addr_spec=sender.address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_one_line(message_id)}@{sender.address.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="quoted-printable")
    message.add_alternative(_html(subject, body), subtype="html", cte="quoted-printable")
    return message


@cache
def _template(kind: Kind) -> tuple[Template, Template]:
    """The subject, then the body."""
    text = (_TEMPLATES / f"{kind.value}.txt").read_text(encoding="utf-8")
    subject, _, body = text.partition("\n\n")
    return Template(subject), Template(body)


@cache
def _layout() -> Template:
    return Template((_TEMPLATES / "layout.html").read_text(encoding="utf-8"))


def _html(subject: str, body: str) -> str:
    french, _, english = body.partition(_SECOND_LANGUAGE)
    return _layout().substitute(title=html.escape(subject), french=_paragraphs(french), english=_paragraphs(english))


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{html.escape(one.strip())}</p>" for one in text.split("\n\n") if one.strip())


def _one_line(word: str) -> str:
    """Line ends of every kind (U+2028 too), other controls and what turns the direction of text become spaces."""
    bare = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else letter for letter in word)
    return " ".join(bare.split(" "))[:_LONGEST_WORD]
