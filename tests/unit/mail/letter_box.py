"""Letter box: a real SMTP server on this machine, which takes letters or refuses them as it is told."""

# ruff: noqa: ARG002 - the library calls these methods by their names and numbers of arguments

from __future__ import annotations

import datetime
import email
import ipaddress
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from jesignd.mail.send import Security, Server
from jesignd.testing.authority import Authority, issue, key_usage, subject

USER, PASSWORD = "cabinet", b"C4N4RY-mail-password"


@dataclass
class LetterBox:
    """What arrived, and what is answered to the next recipients and letters; when nothing is told, yes."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)
    to_recipients: list[str] = field(default_factory=list)
    to_letters: list[str] = field(default_factory=list)
    on_letter: Callable[[], None] = lambda: None
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_recipients.pop(0) if self.to_recipients else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_letters.pop(0) if self.to_letters else "250 OK"
        if answer == "hang up before":
            server.transport.abort()
            return "250 never heard"
        if answer.startswith("250") or answer == "hang up after":
            assert isinstance(envelope.original_content, bytes)
            self.raw.append(envelope.original_content)
            self.letters.append(email.message_from_bytes(envelope.original_content, policy=default))  # type: ignore[arg-type]
            self.recipients.append(list(envelope.rcpt_tos))
            self.on_letter()
        if answer == "hang up after":
            server.transport.abort()
            return "250 never heard"
        return answer

    def authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD)
        self.logins.append(right)
        return AuthResult(success=right, handled=False)

    def server(self, **changes: Any) -> Server:
        """How it is reached, in clear."""
        return Server(**{"host": "127.0.0.1", "port": self.port, "security": Security.NONE, **changes})


class _OnAnyPort(Controller):
    """Listens on whichever port is free, which the library asks about too early."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def opened(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, asks_password: bool = False
) -> Iterator[LetterBox]:
    """A box that is open: in clear, with STARTTLS required, or with TLS from the first byte."""
    box = LetterBox()
    options: dict[str, Any] = {}
    if tls is not None and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    if asks_password:
        options |= {"authenticator": box.authenticate, "auth_required": True, "auth_require_tls": tls is not None}
        if implicit:
            options["auth_require_tls"] = False
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Requiring AUTH")
        yield from _running(box, tls if implicit else None, options)


def _running(box: LetterBox, implicit: ssl.SSLContext | None, options: dict[str, Any]) -> Iterator[LetterBox]:
    controller = _OnAnyPort(box, hostname="127.0.0.1", port=0, ssl_context=implicit, decode_data=False, **options)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop(no_assert=True)


def certificate_for(authority: Authority, folder: Path, *, address: str = "127.0.0.1") -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS under a certificate for this address, and the file of the root it reaches."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    issued = issue(
        subject("courrier", organisation="Cabinet"),
        issuer=authority.issuing,
        key=key,
        at=datetime.datetime.now(datetime.UTC),
        extensions=(
            (names, False),
            (key_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        ),
    )
    chain, keys, root = folder / "chain.pem", folder / "key.pem", folder / "root.pem"
    chain.write_bytes(issued.pem + authority.issuing.pem)
    keys.write_bytes(issued.key_pem())
    root.write_bytes(authority.root.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, keys)
    return context, root
