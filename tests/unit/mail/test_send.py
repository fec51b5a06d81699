"""Against a real server on this machine."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import letter_box
import pytest
from letter_box import PASSWORD, USER, LetterBox

from jesignd.domain.mail import Kind
from jesignd.domain.people import Email
from jesignd.mail.compose import Sender, compose
from jesignd.mail.send import NotSent, Security, Server, Undeliverable, greet, send
from jesignd.testing.authority import Authority, make_authority

if TYPE_CHECKING:
    from email.message import EmailMessage

FROM, TO = Email("ne-pas-repondre@equerre.example"), Email("claire@equerre.example")
AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return make_authority()


@pytest.fixture
def box() -> Iterator[LetterBox]:
    with letter_box.opened() as opened:
        yield opened


@pytest.fixture
def message() -> EmailMessage:
    words = {"name": "Zoé\n.\nMartin", "login": "zoe", "code": "7F3K-Q9TM"}
    return compose(Kind.PASSWORD_CODE, words, sender=Sender("Équerre", FROM), to=TO, message_id="a", at=AT)


def hand_over(message: EmailMessage, server: Server) -> None:
    send(message, sender=FROM, to=TO, server=server)


def test_a_letter_arrives_as_it_was_written(box: LetterBox, message: EmailMessage) -> None:
    hand_over(message, box.server())
    (arrived,) = box.letters
    assert box.recipients == [[TO]]
    assert arrived["Subject"] == message["Subject"]
    assert box.raw[0].rstrip() == message.as_bytes().rstrip()


@pytest.mark.parametrize("answer", ["450 later", "421 closing", "452 full"])
def test_a_refusal_for_now_is_told_from_one_for_good(box: LetterBox, message: EmailMessage, answer: str) -> None:
    for answers in (box.to_recipients, box.to_letters):
        answers.append(answer)
        with pytest.raises(NotSent) as refused:
            hand_over(message, box.server())
        assert refused.value.trouble == answer[:3]
    assert box.letters == []


@pytest.mark.parametrize("answer", ["550 no such user", "552 too large", "554 spam"])
def test_a_refusal_for_good_is_final(box: LetterBox, message: EmailMessage, answer: str) -> None:
    for answers in (box.to_recipients, box.to_letters):
        answers.append(answer)
        with pytest.raises(Undeliverable) as refused:
            hand_over(message, box.server())
        assert refused.value.trouble == answer[:3]


def test_a_server_that_hangs_up_is_tried_again(box: LetterBox, message: EmailMessage) -> None:
    box.to_letters = ["hang up before"]
    with pytest.raises(NotSent):
        hand_over(message, box.server())
    hand_over(message, box.server())
    assert len(box.letters) == 1


def test_a_server_that_is_down_or_silent_is_tried_again(message: EmailMessage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NotSent):
            hand_over(message, Server("127.0.0.1", port, Security.NONE, timeout_seconds=0.3))
    with pytest.raises(NotSent):
        hand_over(message, Server("127.0.0.1", port, Security.NONE, timeout_seconds=1))


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_letter_travels_encrypted_and_after_logging_in(
    authority: Authority, tmp_path: Path, message: EmailMessage, security: Security
) -> None:
    context, root = letter_box.certificate_for(authority, tmp_path)
    implicit = security is Security.TLS
    with letter_box.opened(tls=context, implicit=implicit, asks_password=True) as box:
        hand_over(message, box.server(security=security, anchor=root, user=USER, password=PASSWORD))
        assert (len(box.letters), box.logins) == (1, [True])


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("wrong", ["root", "name"])
def test_a_server_with_a_wrong_certificate_hears_no_password_and_gets_no_letter(
    authority: Authority, tmp_path: Path, message: EmailMessage, security: Security, wrong: str
) -> None:
    address = "127.0.0.2" if wrong == "name" else "127.0.0.1"
    context, root = letter_box.certificate_for(authority, tmp_path, address=address)
    anchor = root if wrong == "name" else None
    with letter_box.opened(tls=context, implicit=security is Security.TLS, asks_password=True) as box:
        with pytest.raises(NotSent) as refused:
            hand_over(message, box.server(security=security, anchor=anchor, user=USER, password=PASSWORD))
        assert (box.letters, box.logins, refused.value.trouble) == ([], [], "certificate")


def test_a_server_without_starttls_gets_nothing_in_clear(box: LetterBox, message: EmailMessage) -> None:
    with pytest.raises(NotSent):
        hand_over(message, box.server(security=Security.STARTTLS))
    assert box.letters == []


def test_a_wrong_password_is_the_operators_to_mend_and_never_shown(
    authority: Authority, tmp_path: Path, message: EmailMessage
) -> None:
    context, root = letter_box.certificate_for(authority, tmp_path)
    with letter_box.opened(tls=context, asks_password=True) as box:
        server = box.server(security=Security.STARTTLS, anchor=root, user=USER, password=b"C4N4RY-wrong")
        with pytest.raises(NotSent) as refused:
            hand_over(message, server)
        assert refused.value.trouble == "535"
        assert "C4N4RY" not in repr((refused.value, server)) + str(refused.value)


def test_greeting_sends_nothing(authority: Authority, tmp_path: Path) -> None:
    context, root = letter_box.certificate_for(authority, tmp_path)
    with letter_box.opened(tls=context, asks_password=True) as box:
        greet(box.server(security=Security.STARTTLS, anchor=root, user=USER, password=PASSWORD))
        assert (box.letters, box.logins) == ([], [True])


def test_an_anchor_that_is_no_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("no certificate")
    with pytest.raises(NotSent):
        greet(Server("127.0.0.1", 1, Security.TLS, anchor=tmp_path / "root.pem"))


def test_trust_is_checked_by_default() -> None:
    from jesignd.mail.send import _context

    context = _context(Server("mail.example", 587))
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
