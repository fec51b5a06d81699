"""Exports: sample documents of a fictitious firm, in the trees production software leaves them in."""

from jesignd.testing.exports.people import FIRM, Company
from jesignd.testing.exports.trees import (
    LOTS,
    NEUTRAL,
    QUADRA,
    Companion,
    Export,
    Wave,
    exports,
    indexes,
    sidecar_of,
    write,
)

__all__ = [
    "FIRM",
    "LOTS",
    "NEUTRAL",
    "QUADRA",
    "Companion",
    "Company",
    "Export",
    "Wave",
    "exports",
    "indexes",
    "sidecar_of",
    "write",
]
