"""Certificates: our authorities, what they issued, revocation lists and answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "authorities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.Text()),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("crl", sa.LargeBinary()),
        sa.Column("crl_number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("crl_at", sa.BigInteger()),
        sa.Column("crl_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["issuer"], ["authorities.id"], name=op.f("fk_authorities_issuer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
    )
    op.create_table(
        "certificates",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Text()),
        sa.Column("firm", sa.Text()),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("renews", sa.Text()),
        sa.Column("revocation_code", sa.Text()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("reminded", sa.Integer()),
        sa.ForeignKeyConstraint(["authority"], ["authorities.id"], name=op.f("fk_certificates_authority")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_certificates_account")),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_certificates_firm")),
        sa.ForeignKeyConstraint(["renews"], ["certificates.serial"], name=op.f("fk_certificates_renews")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_certificates")),
        sa.UniqueConstraint("digest", name=op.f("uq_certificates_digest")),
    )
    for column in ("account", "authority", "firm", "not_after"):
        op.create_index(op.f(f"ix_certificates_{column}"), "certificates", [column])
    op.create_table(
        "revocation_answers",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["certificates.serial"], name=op.f("fk_revocation_answers_serial")),
        sa.PrimaryKeyConstraint("serial", "algorithm", name=op.f("pk_revocation_answers")),
    )
