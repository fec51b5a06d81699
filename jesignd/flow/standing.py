"""Standing: gather, in the caller's transaction, everything that bears on what a person may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.rights import Standing
from jesignd.domain.terms import Terms, TermsKind
from jesignd.store import delegations, people, personal_keys

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import AccountId


def standing(transaction: Transaction, person: AccountId, *, terms: Terms) -> Standing | None:
    """The person's standing as the transaction sees it; None where nobody has this id."""
    account = people.find_account(transaction, person)
    if account is None or account.id != person:
        return None
    held = delegations.received_by(transaction, person)
    used = delegations.used(transaction, [one.id for one in held])
    concerned = {person, *(one.grant.granted_by for one in held)}
    accepted = {kind: people.accepted_at(transaction, person, kind, version=terms.version(kind)) for kind in TermsKind}
    return Standing(
        account=account,
        memberships=people.memberships_of(transaction, sorted(concerned)),
        held=[(one, used[one.id]) for one in held],
        certificates=[key.certified for key in personal_keys.of_people(transaction, [person])],
        conditions_at=accepted[TermsKind.CONDITIONS],
        undertaking_at=accepted[TermsKind.UNDERTAKING],
    )
