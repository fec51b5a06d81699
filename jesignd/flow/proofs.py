"""Proofs: a delegation and the acts done under it, as one JSON file that is checked without us."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from jesignd.domain.delegations import DelegationId
from jesignd.domain.statements import instant
from jesignd.errors import NotFound, Words
from jesignd.store import delegations, people, revocation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.domain.jobs import Transaction
    from jesignd.store.delegations import Act
    from jesignd.store.documents import Document

DELEGATION = "jesignd-delegation-proof"
ACT = "jesignd-act-proof"


def proof(transaction: Transaction, delegation: DelegationId) -> dict[str, object]:
    """The signed grant, the signed revocation if there is one, and every act under it, oldest first.

    With the revocation lists of our own authorities as they were last signed; a provider's are to be fetched from it.
    `docs/verify_delegation.py` reads it.
    """
    acts = delegations.acts_under(transaction, delegation)
    return {"type": DELEGATION, **_bundle(transaction, delegation, acts)}


def act_proof(transaction: Transaction, document: Document) -> dict[str, object]:
    """The same for one document: what was done with it, and the delegation under which.

    Acts on other documents are in it only where the delegation is limited in number or amount: they count then.

    Raises:
        NotFound: nothing was done with it yet, or an accountant did it of their own right.
    """
    done = delegations.acts_on(transaction, [document.id])
    if not done:
        raise NotFound(Words("aucun acte encore sur ce document", "nothing was done with this document yet"))
    act = done[-1]
    if act.delegation is None:
        person = people.account(transaction, act.person).profile.name
        raise NotFound(
            Words(
                f"acte fait par {person}, expert-comptable, de son propre chef : aucune délégation à prouver",
                f"done by {person}, accountant, of their own right: there is no delegation to prove",
            ),
            hint=Words("jesignd document show montre l’acte", "jesignd document show shows the act"),
        )
    scope = delegations.get(transaction, act.delegation).grant.scope
    counts = scope.acts is not None or scope.cents is not None
    before = _before(transaction, act) if counts else []
    return {
        "type": ACT,
        "act": act.id,
        "file": {
            "document": document.id,
            "received": document.claimed.digest,
            "sealed": document.sealed.digest if document.sealed is not None else None,
        },
        **_bundle(transaction, act.delegation, [*before, act]),
    }


def _before(transaction: Transaction, act: Act) -> list[Act]:
    assert act.delegation is not None
    every = delegations.acts_under(transaction, act.delegation)
    return [one for one in every if (one.at, one.id) < (act.at, act.id)]


def _bundle(transaction: Transaction, delegation: DelegationId, acts: Sequence[Act]) -> dict[str, object]:
    statement, revoked = delegations.statements(transaction, delegation)
    lists = [one.crl for one in revocation.list_authorities(transaction) if one.crl is not None]
    return {
        "version": 1,
        "statement": statement,
        "revocations": [revoked] if revoked else [],
        "acts": [_act(transaction, act) for act in acts],
        "crls": [base64.b64encode(one).decode("ascii") for one in lists],
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
