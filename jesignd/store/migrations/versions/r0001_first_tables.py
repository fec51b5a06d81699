"""First tables: documents, promises, books and nodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    _documents()
    _promises()
    _books()
    _nodes()


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("sequence", _number(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("relative_path", sa.Text(), nullable=False),
        sa.Column("listed_path", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("companions", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("recognition", sa.Text()),
        sa.Column("origin_key", sa.Text()),
        sa.Column("rule", sa.Text()),
        sa.Column("route", sa.Text()),
        sa.Column("person", sa.Text()),
        sa.Column("waived", sa.Text()),
        sa.Column("pages", sa.Integer()),
        sa.Column("hold_code", sa.Text()),
        sa.Column("hold_reason", sa.Text()),
        sa.Column("hold_hint", sa.Text()),
        sa.Column("held_from", sa.Text()),
        sa.Column("sealed_digest", sa.Text()),
        sa.Column("sealed_size", sa.BigInteger()),
        sa.Column("sealed_at", sa.BigInteger()),
        sa.Column("seal_report", sa.Text()),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_documents")),
        sa.UniqueConstraint("id", name=op.f("uq_documents_id")),
    )
    op.create_index(op.f("ix_documents_digest"), "documents", ["digest"])
    op.create_index("ix_documents_folder_origin_key", "documents", ["folder", "origin_key"])
    op.create_index("ix_documents_state_received_at", "documents", ["state", "received_at"])


def _promises() -> None:
    op.create_table(
        "refusals",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("relative_path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("folder", "relative_path", name=op.f("pk_refusals")),
    )
    op.create_table(
        "deliveries",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("path", sa.Text()),
        sa.Column("digest", sa.Text()),
        sa.Column("receipt", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_deliveries_document")),
        sa.PrimaryKeyConstraint("document", "destination", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_state_due", "deliveries", ["state", "due"])
    op.create_table(
        "stages",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_stages_document")),
        sa.PrimaryKeyConstraint("document", "stage", "lane", name=op.f("pk_stages")),
    )
    op.create_index(op.f("ix_stages_due"), "stages", ["due"])
    op.create_index(op.f("ix_stages_job"), "stages", ["job"])


def _books() -> None:
    op.create_table(
        "balances",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_balances")),
    )
    op.create_table(
        "chains",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chains")),
    )
    op.create_table(
        "journal",
        sa.Column("sequence", _number(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_document"), "journal", ["document"])
    op.create_table(
        "ledger",
        sa.Column("sequence", _number(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_ledger_not_negative")),
        sa.CheckConstraint("source <> destination", name=op.f("ck_ledger_two_sides")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_ledger")),
        sa.UniqueConstraint("reference", name=op.f("uq_ledger_reference")),
    )


def _nodes() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "nodes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
    op.create_table(
        "seen_producers",
        sa.Column("producer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("producer", name=op.f("pk_seen_producers")),
    )
