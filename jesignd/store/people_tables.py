"""People tables: firms, accounts, delegations, mandates, enrolments, as they are today; part of `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from jesignd.store.columns import Day, Instant, Plain
from jesignd.store.metadata import metadata

firms = sa.Table(
    "firms",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("siren", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("profile", Plain, nullable=False),
    sa.Column("roles", Plain, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("password", sa.Text),
    sa.Column("totp", sa.LargeBinary),
    sa.Column("totp_confirmed_at", Instant),
    sa.Column("totp_step", sa.BigInteger),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", Instant),
    sa.Column("change_due_at", Instant),
    sa.Column("recovery", sa.Text),
    sa.Column("recovery_until", Instant),
    sa.Column("recovery_tries", sa.Integer, nullable=False, server_default="0"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), primary_key=True),
    sa.Column("since", Instant, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("left_at", Instant),
)

client_addresses = sa.Table(
    "client_addresses",
    metadata,
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), primary_key=True),
    sa.Column("email", sa.Text, primary_key=True),
)

acceptances = sa.Table(
    "acceptances",
    metadata,
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

terms = sa.Table(
    "terms",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

delegations = sa.Table(
    "delegations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), nullable=False),
    sa.Column("granted_by", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("email", sa.Text, nullable=False, index=True),
    sa.Column("holder", sa.Text, sa.ForeignKey("accounts.id"), index=True),
    sa.Column("received_at", Instant),
    sa.Column("rights", Plain, nullable=False),
    sa.Column("first_day", Day, nullable=False),
    sa.Column("last_day", Day, nullable=False),
    sa.Column("scope", Plain, nullable=False),
    sa.Column("granted_at", Instant, nullable=False),
    sa.Column("statement", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("revoked_at", Instant),
    sa.Column("revoked_by", sa.Text, sa.ForeignKey("accounts.id")),
    sa.Column("revocation", sa.Text),
    sa.Column("revocation_digest", sa.Text),
)

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), nullable=False),
    sa.Column("absent", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("stand_in", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("first_day", Day, nullable=False),
    sa.Column("last_day", Day, nullable=False),
    sa.Column("declared_by", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("declared_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)

acts = sa.Table(
    "acts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("document", sa.Text, index=True),
    sa.Column("kind", sa.Text),
    sa.Column("client_code", sa.Text),
    sa.Column("cents", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("delegation", sa.Text, sa.ForeignKey("delegations.id"), index=True),
    sa.Column("statement", sa.Text),
)

mandates = sa.Table(
    "mandates",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("firm", sa.Text, sa.ForeignKey("firms.id"), nullable=False),
    sa.Column("client_code", sa.Text, nullable=False),
    sa.Column("kinds", Plain, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("first_day", Day, nullable=False),
    sa.Column("last_day", Day),
    sa.Column("recorded_by", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index("ix_mandates_firm_client_code", "firm", "client_code"),
)

enrolments = sa.Table(
    "enrolments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("identity_document", sa.Text),
    sa.Column("identity_digest", sa.Text),
    sa.Column("identity", sa.LargeBinary),
    sa.Column("identity_at", Instant),
    sa.Column("identity_purge_at", Instant),
    sa.Column("identity_purged_at", Instant),
    sa.Column("decided_by", sa.Text, sa.ForeignKey("accounts.id")),
    sa.Column("decided_at", Instant),
    sa.Column("reason", sa.Text),
    sa.Column("certificate", sa.Text),
)

personal_keys = sa.Table(
    "personal_keys",
    metadata,
    sa.Column("certificate", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("container", sa.LargeBinary, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False),
    sa.Column("attached_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_at", Instant),
    sa.Column("qualified", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("der", sa.LargeBinary),
)
