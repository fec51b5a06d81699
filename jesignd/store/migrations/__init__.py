"""Migrations: how a database of an older jesignd becomes one of today's; each runs inside one transaction."""
