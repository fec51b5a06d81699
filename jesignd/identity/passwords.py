"""Passwords: kept as argon2id only (RFC 9106, second recommended option), and checked in the same time for nobody."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from jesignd.errors import NotAllowed, Words

SHORTEST = 12
LONGEST = 256

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$YWJjZGVmZ2hpamtsbW5vcA$W1yZ2Hr2zcLW1Z2bGm0l2m3r8cY6n0aY1bq3v5s7k9E"
"""A hash no password has: whoever asks for an unknown login waits as long as for a known one."""


def keep(password: str) -> str:
    """The hash to keep of a new password.

    Raises:
        NotAllowed: too short, too long, or one character repeated.
    """
    bare = _form(password)
    if not SHORTEST <= len(bare) <= LONGEST or len(set(bare)) < 5:
        raise NotAllowed(
            Words(
                f"mot de passe refusé : de {SHORTEST} à {LONGEST} caractères, variés",
                f"password refused: {SHORTEST} to {LONGEST} characters, of several kinds",
            ),
            hint=Words("une phrase de quatre ou cinq mots convient", "a phrase of four or five words will do"),
        )
    return _hasher.hash(bare)


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password whose hash was kept; for None never, but as slowly."""
    try:
        return _hasher.verify(kept or _NOBODY, _form(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with parameters weaker than today's."""
    return _hasher.check_needs_rehash(kept)


def _form(password: str) -> str:
    """One writing of what looks alike: keyboards differ in how they type an accent (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
