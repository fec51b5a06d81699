"""People: firms, accounts, delegations, mandates, enrolments and personal keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them."""
    _people()
    _delegations()
    _papers()


def _people() -> None:
    op.create_table(
        "firms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("siren", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firms")),
        sa.UniqueConstraint("name", name=op.f("uq_firms_name")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("password", sa.Text()),
        sa.Column("totp", sa.LargeBinary()),
        sa.Column("totp_confirmed_at", sa.BigInteger()),
        sa.Column("totp_step", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "memberships",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_memberships_account")),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_memberships_firm")),
        sa.PrimaryKeyConstraint("account", "firm", "since", name=op.f("pk_memberships")),
    )
    op.create_table(
        "client_addresses",
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_client_addresses_firm")),
        sa.PrimaryKeyConstraint("firm", "email", name=op.f("pk_client_addresses")),
    )
    op.create_table(
        "terms",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_terms")),
    )
    op.create_table(
        "acceptances",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_acceptances_account")),
        sa.PrimaryKeyConstraint("account", "kind", "version", name=op.f("pk_acceptances")),
    )


def _delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("received_at", sa.BigInteger()),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("revoked_by", sa.Text()),
        sa.Column("revocation", sa.Text()),
        sa.Column("revocation_digest", sa.Text()),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_delegations_firm")),
        sa.ForeignKeyConstraint(["granted_by"], ["accounts.id"], name=op.f("fk_delegations_granted_by")),
        sa.ForeignKeyConstraint(["holder"], ["accounts.id"], name=op.f("fk_delegations_holder")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("fk_delegations_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("digest", name=op.f("uq_delegations_digest")),
    )
    op.create_index(op.f("ix_delegations_email"), "delegations", ["email"])
    op.create_index(op.f("ix_delegations_granted_by"), "delegations", ["granted_by"])
    op.create_index(op.f("ix_delegations_holder"), "delegations", ["holder"])
    op.create_table(
        "absences",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("absent", sa.Text(), nullable=False),
        sa.Column("stand_in", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_absences_firm")),
        sa.ForeignKeyConstraint(["absent"], ["accounts.id"], name=op.f("fk_absences_absent")),
        sa.ForeignKeyConstraint(["stand_in"], ["accounts.id"], name=op.f("fk_absences_stand_in")),
        sa.ForeignKeyConstraint(["declared_by"], ["accounts.id"], name=op.f("fk_absences_declared_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_absent"), "absences", ["absent"])
    op.create_table(
        "acts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("kind", sa.Text()),
        sa.Column("client_code", sa.Text()),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("delegation", sa.Text()),
        sa.Column("statement", sa.Text()),
        sa.ForeignKeyConstraint(["person"], ["accounts.id"], name=op.f("fk_acts_person")),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_acts_firm")),
        sa.ForeignKeyConstraint(["delegation"], ["delegations.id"], name=op.f("fk_acts_delegation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_delegation"), "acts", ["delegation"])
    op.create_index(op.f("ix_acts_document"), "acts", ["document"])
    op.create_index(op.f("ix_acts_person"), "acts", ["person"])


def _papers() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=False),
        sa.Column("client_code", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text()),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["firm"], ["firms.id"], name=op.f("fk_mandates_firm")),
        sa.ForeignKeyConstraint(["recorded_by"], ["accounts.id"], name=op.f("fk_mandates_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    op.create_index(op.f("ix_mandates_firm_client_code"), "mandates", ["firm", "client_code"])
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.Column("identity_document", sa.Text()),
        sa.Column("identity_digest", sa.Text()),
        sa.Column("identity", sa.LargeBinary()),
        sa.Column("identity_at", sa.BigInteger()),
        sa.Column("identity_purge_at", sa.BigInteger()),
        sa.Column("identity_purged_at", sa.BigInteger()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("certificate", sa.Text()),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_enrolments_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_enrolments_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index(op.f("ix_enrolments_account"), "enrolments", ["account"])
    op.create_table(
        "personal_keys",
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("container", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("attached_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_personal_keys_account")),
        sa.PrimaryKeyConstraint("certificate", name=op.f("pk_personal_keys")),
    )
    op.create_index(op.f("ix_personal_keys_account"), "personal_keys", ["account"])
