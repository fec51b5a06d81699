"""Statements: what a delegator signs, word for word; whoever checks it years later needs nothing of ours (F181).

The form is a JWS (RFC 7515) whose header carries the signer's certificates; `docs/verify_delegation.py` reads it.
"""

from __future__ import annotations

import datetime
from typing import Protocol

from jesignd.domain.delegations import DelegationId, Grant
from jesignd.domain.people import Account, Firm
from jesignd.errors import CredentialError, Words

GRANT_TYPE = "jesignd-delegation"
REVOCATION_TYPE = "jesignd-delegation-revocation"
VERSION = 1


class PersonalSigner(Protocol):
    """A person's own key, opened by that person for the time of one act."""

    @property
    def certificate(self) -> bytes:
        """Their certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it, DER, the issuer first."""

    def sign(self, data: bytes) -> bytes:
        """Their signature of the data with SHA-256: ECDSA P-256 (DER), or RSA PKCS #1 v1.5."""


class PinRefused(CredentialError):
    """Whoever keeps the key refuses the PIN or the one-time code; how many tries are left is for it to count."""


class Withdrawn(CredentialError):
    """The provider says that the certificate is revoked or expired, or the key disabled."""

    def __init__(self, state: str) -> None:
        super().__init__(
            Words(f"le prestataire a retiré cette clé ({state})", f"the provider withdrew this key ({state})"),
            hint=Words("demandez-lui un autre certificat", "ask it for another certificate"),
        )


def of_grant(grant: Grant, *, firm: Firm, granter: Account) -> dict[str, object]:
    """What the accountant declares by granting."""
    scope = grant.scope
    return {
        "type": GRANT_TYPE,
        "version": VERSION,
        "id": grant.id,
        "firm": _firm(firm),
        "granted_by": _person(granter),
        "holder": {"email": grant.email},
        "rights": sorted(right.value for right in grant.rights),
        "first_day": grant.first_day.isoformat(),
        "last_day": grant.last_day.isoformat(),
        "timezone": "Europe/Paris",
        "granted_at": instant(grant.granted_at),
        "scope": {
            "kinds": sorted(kind.code for kind in scope.kinds),
            "clients": sorted(scope.clients),
            "acts": scope.acts,
            "cents": scope.cents,
        },
    }


def of_revocation(
    delegation: DelegationId, *, statement: str, firm: Firm, by: Account, at: datetime.datetime
) -> dict[str, object]:
    """What an accountant declares by revoking; `statement` is the SHA-256 of what is revoked."""
    return {
        "type": REVOCATION_TYPE,
        "version": VERSION,
        "delegation": delegation,
        "statement": statement,
        "firm": _firm(firm),
        "revoked_by": _person(by),
        "revoked_at": instant(at),
    }


def instant(at: datetime.datetime) -> str:
    """RFC 3339, UTC, to the microsecond."""
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _firm(firm: Firm) -> dict[str, object]:
    return {"id": firm.id, "name": firm.name, "siren": firm.siren}


def _person(account: Account) -> dict[str, object]:
    return {"id": account.id, "name": account.profile.name, "email": account.profile.email}
