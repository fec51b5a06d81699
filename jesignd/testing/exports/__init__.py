"""Exports: sample documents of a fictitious firm, in the trees production software leaves them in."""

from jesignd.testing.exports.people import FIRM, Company
from jesignd.testing.exports.trees import NEUTRAL, QUADRA, Companion, Export, Wave, companions, exports, write

__all__ = ["FIRM", "NEUTRAL", "QUADRA", "Companion", "Company", "Export", "Wave", "companions", "exports", "write"]
