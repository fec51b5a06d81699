"""Exports: sample documents of a fictitious firm, in the trees production software leaves them in."""

from jesignd.testing.exports.missing import Lack, Missing, missing
from jesignd.testing.exports.people import ACCOUNTANT, FIRM, STAFF, Company, Member
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
    "ACCOUNTANT",
    "FIRM",
    "LOTS",
    "NEUTRAL",
    "QUADRA",
    "STAFF",
    "Companion",
    "Company",
    "Export",
    "Lack",
    "Member",
    "Missing",
    "Wave",
    "exports",
    "indexes",
    "missing",
    "sidecar_of",
    "write",
]
