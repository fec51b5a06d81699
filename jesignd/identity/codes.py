"""Codes: six digits that change every thirty seconds (TOTP, RFC 6238), each accepted once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20


def new_secret() -> bytes:
    """A fresh secret, of the length RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def at_step(secret: bytes, step: int) -> str:
    """The code of one step of thirty seconds."""
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, *, at: datetime.datetime, after: int | None) -> int | None:
    """The step whose code this is: the present one or its neighbours, and later than `after`; None: refused."""
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in (now - 1, now, now + 1):
        fits = hmac.compare_digest(at_step(secret, step).encode(), code.strip().encode())
        if fits and (after is None or step > after):
            found = step
    return found


def address(secret: bytes, *, login: str, issuer: str) -> str:
    """The `otpauth:` address that telephones take, usually shown as a square of dots."""
    label = urllib.parse.quote(f"{issuer}:{login}")
    values = {"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": issuer}
    query = urllib.parse.urlencode(values, quote_via=urllib.parse.quote)  # telephones show a `+` as it is
    return f"otpauth://totp/{label}?{query}"
