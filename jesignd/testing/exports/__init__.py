"""Exports: sample documents of a fictitious firm, in the trees production software leaves them in."""

from jesignd.testing.exports.trees import NEUTRAL, QUADRA, Companion, Export, Wave, companions, exports, write

__all__ = ["NEUTRAL", "QUADRA", "Companion", "Export", "Wave", "companions", "exports", "write"]
