"""Revocation codes: what the owner of a certificate keeps on paper, to revoke it without their key (F91)."""

from __future__ import annotations

import secrets

from jesignd.identity import passwords

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing that is read as something else."""
_GROUPS = 4
_GROUP = 4
_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """Sixteen letters in groups of four: 80 bits, shown once."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def keep(code: str) -> str:
    """The hash to keep."""
    return passwords.keep(_form(code))


def matches(code: str, kept: str | None) -> bool:
    """Whether this is the code, however it was typed; for None never, but as slowly."""
    return passwords.matches(_form(code), kept)


def _form(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum()).translate(_MISREAD)
