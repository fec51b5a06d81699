"""Revocation codes: what the owner of a certificate keeps on paper, to revoke it without their key (F91).

A code is eighty bits of chance: nobody guesses it, so its hash need not be slow.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing that is read as something else."""
_GROUPS = 4
_GROUP = 4
_SALT = 16
_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """Sixteen letters in groups of four: 80 bits, shown once."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def keep(code: str) -> str:
    """The salt and hash to keep."""
    salt = secrets.token_hex(_SALT)
    return f"{salt}:{_hash(salt, code)}"


def matches(code: str, kept: str | None) -> bool:
    """Whether this is the code, however it was typed; for None never."""
    salt, _, digest = (kept or "").partition(":")
    return bool(digest) and hmac.compare_digest(_hash(salt, code), digest)


def _hash(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}:{as_written(code)}".encode()).hexdigest()


def as_written(code: str) -> str:
    """The code without what people add or change when they type it: spaces, hyphens, small letters, an O for a zero."""
    return "".join(letter for letter in code.upper() if letter.isalnum()).translate(_MISREAD)
