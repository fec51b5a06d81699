"""Refusal notices: which text was left for the sender of a refused file, and of which cause it speaks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add both; refusals told before have no text yet, and get one."""
    op.add_column("refusals", sa.Column("notice", sa.Text()))
    op.add_column("refusals", sa.Column("notice_code", sa.Text()))
