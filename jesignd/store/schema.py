"""Schema: the tables as they are today; `migrations/` says how an older database gets here.

One writer at a time, on SQLite by `BEGIN IMMEDIATE` and on PostgreSQL by an advisory lock (see `database`): a row read
in a writing transaction does not change under it, which every module of this room relies on.
"""

from __future__ import annotations

import sqlalchemy as sa

from jesignd.store import certificate_tables, outbox_table, people_tables
from jesignd.store.columns import FileName, Instant, Plain, Sequence, Unsigned
from jesignd.store.metadata import metadata

__all__ = [
    "REVISION",
    "balances",
    "certificate_tables",
    "chains",
    "credit_warnings",
    "deliveries",
    "documents",
    "journal",
    "leases",
    "ledger",
    "metadata",
    "nodes",
    "outbox_table",
    "payment_notices",
    "people_tables",
    "refusals",
    "reservations",
    "seen_producers",
    "stages",
]

REVISION = "0008"
"""The newest migration; a test compares it with the migrations themselves."""

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("relative_path", sa.Text, nullable=False),
    sa.Column("listed_path", FileName, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("inode", Unsigned, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    sa.Column("companions", Plain, nullable=False),
    sa.Column("lot", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("recognition", Plain),
    sa.Column("origin_key", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("route", Plain),
    sa.Column("person", sa.Text),
    sa.Column("waived", Plain),
    sa.Column("pages", sa.Integer),
    sa.Column("hold_code", sa.Text),
    sa.Column("hold_reason", Plain),
    sa.Column("hold_hint", Plain),
    sa.Column("held_from", sa.Text),
    sa.Column("sealed_digest", sa.Text),
    sa.Column("sealed_size", sa.BigInteger),
    sa.Column("sealed_at", Instant),
    sa.Column("seal_report", Plain),
    sa.Index("ix_documents_folder_origin_key", "folder", "origin_key"),
    sa.Index("ix_documents_state_received_at", "state", "received_at"),
)

refusals = sa.Table(
    "refusals",
    metadata,
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("relative_path", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("reason", Plain, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("notice", sa.Text),
    sa.Column("notice_code", sa.Text),
)

stages = sa.Table(
    "stages",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("job", sa.Text, nullable=False, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("due", Instant, nullable=False, index=True),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=False),
    sa.Column("reference", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("cents", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("memo", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    # Lines written before these columns keep their digest: see `chain`.
    sa.Column("firm", sa.Text, nullable=False, server_default=sa.text("''"), info={"hashed_unless": ""}),
    sa.Column("vat", sa.Integer, info={"hashed_unless": None}),
    sa.CheckConstraint("cents >= 0", name="not_negative"),
    sa.CheckConstraint("source <> destination", name="two_sides"),
)

balances = sa.Table(
    "balances",
    metadata,
    sa.Column("firm", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("cents", sa.BigInteger, nullable=False),
)

reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("firm", sa.Text, nullable=False),
    sa.Column("document", sa.Text, index=True),
    sa.Column("cents", sa.BigInteger, nullable=False),
    sa.Column("vat", sa.Integer),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

credit_warnings = sa.Table(
    "credit_warnings",
    metadata,
    sa.Column("firm", sa.Text, primary_key=True),
    sa.Column("since", Instant, nullable=False),
)

payment_notices = sa.Table(
    "payment_notices",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False, index=True),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("sequence", Sequence, primary_key=True, autoincrement=False),
    sa.Column("document", sa.Text, index=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("data", Plain, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

chains = sa.Table(
    "chains",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("document", sa.Text, sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("destination", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("due", Instant),
    sa.Column("path", sa.Text),
    sa.Column("digest", sa.Text),
    sa.Column("receipt", Plain),
    sa.Column("reason", Plain),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_deliveries_state_due", "state", "due"),
)

nodes = sa.Table(
    "nodes",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seen", Instant, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("status", Plain, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

seen_producers = sa.Table("seen_producers", metadata, sa.Column("producer", sa.Text, primary_key=True))
