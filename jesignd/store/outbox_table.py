"""Outbox table: letters to be sent, and what became of them; part of `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from jesignd.store.columns import Instant, Plain
from jesignd.store.metadata import metadata

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("about", sa.Text, primary_key=True),
    sa.Column("threshold", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("facts", Plain, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("useful_until", Instant, nullable=False),
    sa.Column("due", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("trouble", sa.Text),
    sa.Column("sent_at", Instant),
    sa.Column("given_up_at", Instant),
    sa.Index("ix_outbox_due", "due"),
)
"""`due` is None once there is nothing left to do."""
