"""Mail: the outbox; forgotten passwords; the certificates of bought keys, which say what their provider claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add them; keys attached before keep their certificate inside their container."""
    op.create_table(
        "outbox",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("useful_until", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trouble", sa.Text()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("given_up_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("kind", "about", "threshold", "recipient", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["due"])
    op.add_column("personal_keys", sa.Column("der", sa.LargeBinary()))
    op.add_column("accounts", sa.Column("change_due_at", sa.BigInteger()))
    op.add_column("accounts", sa.Column("recovery", sa.Text()))
    op.add_column("accounts", sa.Column("recovery_until", sa.BigInteger()))
    op.add_column("accounts", sa.Column("recovery_tries", sa.Integer(), server_default="0", nullable=False))
