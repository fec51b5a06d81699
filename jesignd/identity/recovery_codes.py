"""Recovery codes: sent by mail to whoever forgot their password; good for minutes, for three tries, and once.

Forty bits of chance and three tries: guessing is hopeless before the code is void. The hash is slow all the same, for
whoever reads the database within those minutes.
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from jesignd.identity.revocation_codes import LETTERS, as_written

MOST_TRIES = 3
_GROUP = 4
_WORDS = 5

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def new_code() -> str:
    """`7F3K-Q9TM`: eight letters that are not read as others, 40 bits."""
    return f"{_group()}-{_group()}"


def new_password() -> str:
    """Twenty letters in groups of four, 100 bits: to be handed over and changed."""
    return "-".join(_group() for _ in range(_WORDS)).lower()


def keep(code: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(as_written(code))


def matches(code: str, kept: str | None) -> bool:
    """Whether this is the code, however it was typed; for None never, but as slowly."""
    try:
        return _hasher.verify(kept or _nobody(), as_written(code)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash no code has: whoever asks for an unknown login waits as long as for a known one."""
    return _hasher.hash(secrets.token_hex(16))


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(_GROUP))
