"""Credit: accounts by firm, the rate of tax of each line, reservations, warnings and notices of payment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them; what the one firm of an older database has stays its own, under no name."""
    op.add_column("ledger", sa.Column("firm", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("ledger", sa.Column("vat", sa.Integer()))
    _balances()
    op.create_table(
        "reservations",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.Integer()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_document"), "reservations", ["document"])
    op.create_index(op.f("ix_reservations_state"), "reservations", ["state"])
    op.create_table(
        "credit_warnings",
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm", name=op.f("pk_credit_warnings")),
    )
    op.create_table(
        "payment_notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notices")),
    )
    op.create_index(op.f("ix_payment_notices_received_at"), "payment_notices", ["received_at"])


def _balances() -> None:
    """Another primary key is another table: SQLite changes none."""
    standing = op.get_bind().execute(sa.text("SELECT account, cents FROM balances")).all()
    op.drop_table("balances")
    made = op.create_table(
        "balances",
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("firm", "account", name=op.f("pk_balances")),
    )
    op.bulk_insert(made, [{"firm": "", "account": account, "cents": cents} for account, cents in standing])
