"""Qualified certificates: what the issuer of a personal certificate says of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    """Add it; keys attached before count as not qualified until they are attached again."""
    column: sa.Column[bool] = sa.Column("qualified", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("personal_keys", column)
