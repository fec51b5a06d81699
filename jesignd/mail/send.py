"""Send: hand letters to the firm's mail server (RFC 5321, 6409), over a connection whose other end was checked.

A refusal for good (5xx of this recipient or this letter) is told apart from everything that another day may cure.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtplib

from jesignd.domain.people import Email
from jesignd.errors import ServiceError, Words

if TYPE_CHECKING:
    from email.message import EmailMessage


_CLOSING_SECONDS = 0.02
"""A transport whose TLS handshake failed closes its socket a little later, and only while the loop still runs."""


class Security(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    """Begins in clear and is never used so (RFC 3207)."""
    TLS = "tls"
    """Encrypted from the first byte (RFC 8314)."""
    NONE = "none"
    """In clear: to a server on the same machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and as whom to speak to it."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str | None = None
    password: bytes | None = field(default=None, repr=False)
    anchor: Path | None = None
    """The root of its certificate, where that is no public one."""
    timeout_seconds: float = 20.0


class Undeliverable(ServiceError):
    """The server said that it will never take this letter, or never for this recipient; `trouble` is its number."""

    def __init__(self, trouble: str) -> None:
        super().__init__(
            Words(
                f"le serveur de courrier refuse ce message ({trouble})",
                f"the mail server refuses this message ({trouble})",
            )
        )
        self.trouble = trouble


class NotSent(ServiceError):
    """The letter did not leave this time; `trouble` says why, in a word or a number that names nobody."""

    def __init__(self, trouble: str) -> None:
        super().__init__(
            Words(f"le serveur de courrier n’a pas pris ce message ({trouble})", f"mail was not taken ({trouble})"),
            hint=Words("jesignd doctor --only mail dit ce qui manque", "jesignd doctor --only mail says what is wrong"),
        )
        self.trouble = trouble


def send(message: EmailMessage, *, sender: Email, to: Email, server: Server) -> None:
    """Return once the server has taken the letter.

    Raises:
        Undeliverable: it never will.
        NotSent: not this time.
    """
    asyncio.run(_send(message, sender, to, server))


def greet(server: Server) -> None:
    """Connect, encrypt and log in as `send` would, and send nothing.

    Raises:
        NotSent: one of these failed.
    """
    asyncio.run(_greet(server))


async def _send(message: EmailMessage, sender: Email, to: Email, server: Server) -> None:
    async with _connected(server) as client:
        try:
            await client.sendmail(sender, [to], message.as_bytes(), timeout=server.timeout_seconds)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0]) from error
        except aiosmtplib.SMTPDataError as error:
            raise _judged(error) from error


async def _greet(server: Server) -> None:
    async with _connected(server) as client:
        await client.noop()


@contextlib.asynccontextmanager
async def _connected(server: Server) -> AsyncIterator[aiosmtplib.SMTP]:
    """A session; whatever goes wrong in it and is not judged inside may be better another day."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is Security.TLS,
        start_tls=server.security is Security.STARTTLS,
        tls_context=_context(server),
        timeout=server.timeout_seconds,
        local_hostname=_own_name(),
    )
    try:
        await client.connect()
        if server.user is not None and server.password is not None:
            await client.login(server.user, server.password.decode("utf-8", "strict"))
        yield client
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(str(error.code)) from error
    except (aiosmtplib.SMTPException, ssl.SSLError, OSError, UnicodeDecodeError) as error:
        raise NotSent(_reason(error)) from error
    finally:
        # Once the server has taken the letter, that it says goodbye badly must not make us send again.
        with contextlib.suppress(aiosmtplib.SMTPException, ssl.SSLError, OSError):
            await client.quit()
        client.close()
        await asyncio.sleep(_CLOSING_SECONDS)


def _context(server: Server) -> ssl.SSLContext | None:
    if server.security is Security.NONE:
        return None
    try:
        return ssl.create_default_context(cafile=None if server.anchor is None else str(server.anchor))
    except (ssl.SSLError, OSError) as error:
        raise NotSent("anchor") from error


def _judged(error: aiosmtplib.SMTPResponseException) -> ServiceError:
    """What the number means: 5xx is for good, 4xx for now (RFC 5321, clause 4.2.1)."""
    return Undeliverable(str(error.code)) if 500 <= error.code < 600 else NotSent(str(error.code))


def _reason(error: Exception) -> str:
    """A certificate's failure is worth its own word: it is the operator's to mend, or an attack."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


def _own_name() -> str:
    """What we call ourselves: an address literal tells nobody the name of a machine inside the firm."""
    return f"[{ipaddress.IPv4Address('127.0.0.1')}]"
