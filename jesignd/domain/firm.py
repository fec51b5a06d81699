"""Firm: the four powers that are delegated, and the firm for which a folder acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jesignd.domain.people import FirmId


class Right(StrEnum):
    """The four delegated powers (F29–F33)."""

    PREPARE = "prepare"
    LAUNCH = "launch"
    SEAL = "seal"
    SIGN = "sign"


INCLUDED: dict[Right, frozenset[Right]] = {
    Right.PREPARE: frozenset({Right.PREPARE}),
    Right.LAUNCH: frozenset({Right.LAUNCH, Right.PREPARE}),
    Right.SEAL: frozenset({Right.SEAL}),
    Right.SIGN: frozenset({Right.SIGN, Right.LAUNCH, Right.PREPARE}),
}
"""SIGN ⊇ LAUNCH ⊇ PREPARE; SEAL prepares and launches sealings only, and nothing else includes it."""


@dataclass(frozen=True, slots=True)
class ActingFirm:
    """The firm that a folder's documents are treated for."""

    id: FirmId
    account: FirmId
    """Whose credit pays, as the ledger names it; the main firm's is the account that is nobody else's."""
