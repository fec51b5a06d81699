"""Certificate tables: our authorities, what they issued, what they say of it today; part of `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from jesignd.store.columns import Instant
from jesignd.store.metadata import metadata

authorities = sa.Table(
    "authorities",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("certificate", sa.LargeBinary, nullable=False),
    sa.Column("issuer", sa.Text, sa.ForeignKey("authorities.id")),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("crl", sa.LargeBinary),
    sa.Column("crl_number", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("crl_at", Instant),
    sa.Column("crl_until", Instant),
)

certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("serial", sa.Text, primary_key=True),
    sa.Column("authority", sa.Text, sa.ForeignKey("authorities.id"), nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), index=True),
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), index=True),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False, index=True),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("renews", sa.Text, sa.ForeignKey("certificates.serial")),
    sa.Column("revocation_code", sa.Text),
    sa.Column("revoked_at", Instant),
    sa.Column("reason", sa.Text),
    sa.Column("reminded", sa.Integer),
)

revocation_answers = sa.Table(
    "revocation_answers",
    metadata,
    sa.Column("serial", sa.Text, sa.ForeignKey("certificates.serial"), primary_key=True),
    sa.Column("algorithm", sa.Text, primary_key=True),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
)
