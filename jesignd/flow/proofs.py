"""Proofs: a delegation and the acts done under it, as one JSON file that is checked without us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.statements import instant
from jesignd.store import delegations, people

if TYPE_CHECKING:
    from jesignd.domain.delegations import DelegationId
    from jesignd.domain.jobs import Transaction
    from jesignd.store.delegations import Act

BUNDLE_TYPE = "jesignd-delegation-proof"


def proof(transaction: Transaction, delegation: DelegationId) -> dict[str, object]:
    """The signed grant, the signed revocation if there is one, and every act under it, oldest first.

    `docs/verify_delegation.py` reads it.
    """
    statement, revocation = delegations.statements(transaction, delegation)
    acts = delegations.acts_under(transaction, delegation)
    return {
        "type": BUNDLE_TYPE,
        "version": 1,
        "statement": statement,
        "revocations": [revocation] if revocation else [],
        "acts": [_act(transaction, act) for act in acts],
    }


def _act(transaction: Transaction, act: Act) -> dict[str, object]:
    person = people.account(transaction, act.person)
    return {
        "id": act.id,
        "operation": act.operation.value,
        "person": {"id": act.person, "email": person.profile.email},
        "firm": act.firm,
        "document": act.document,
        "kind": act.kind.code if act.kind else None,
        "client": act.client_code,
        "cents": act.cents,
        "at": instant(act.at),
        "statement": act.statement,
    }
