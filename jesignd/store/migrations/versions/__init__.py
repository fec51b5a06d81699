"""Versions: one module per change of the tables, oldest first; once released, never edited."""
