"""Fails when imported."""

raise RuntimeError("at import")
