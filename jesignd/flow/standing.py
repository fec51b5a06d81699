"""Standing: gather, in the caller's transaction, everything that bears on what a person may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.delegations import Used
from jesignd.domain.rights import Standing, spent
from jesignd.domain.terms import Terms, TermsKind
from jesignd.store import delegations, people, personal_keys

if TYPE_CHECKING:
    from jesignd.domain.credit import Cents
    from jesignd.domain.delegations import Allowed
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import AccountId

_NOTHING = Used()


def standing(transaction: Transaction, person: AccountId, *, terms: Terms) -> Standing | None:
    """The person's standing as the transaction sees it; None where nobody has this id."""
    account = people.find_account(transaction, person)
    if account is None or account.id != person:
        return None
    held = delegations.received_by(transaction, person)
    # Counting is for those that are limited: it grows with everything ever done under a delegation.
    used = delegations.used(transaction, [one.id for one in held if one.grant.scope.is_limited])
    concerned = {person, *(one.grant.granted_by for one in held)}
    accepted = {kind: people.accepted_at(transaction, person, kind, version=terms.version(kind)) for kind in TermsKind}
    return Standing(
        account=account,
        memberships=people.memberships_of(transaction, sorted(concerned)),
        held=[(one, used.get(one.id, _NOTHING)) for one in held],
        certificates=[key.certified for key in personal_keys.of_people(transaction, [person])],
        conditions_at=accepted[TermsKind.CONDITIONS],
        undertaking_at=accepted[TermsKind.UNDERTAKING],
    )


class Standings:
    """The standings of those a batch acts as, each gathered once, with what the batch does counted as it goes."""

    def __init__(self, transaction: Transaction, terms: Terms) -> None:
        self._transaction = transaction
        self._terms = terms
        self._known: dict[str, Standing | None] = {}

    def of(self, login: str) -> Standing | None:
        """Of the account with this login; None where there is none."""
        if login not in self._known:
            account = people.find_account(self._transaction, login)
            found = standing(self._transaction, account.id, terms=self._terms) if account is not None else None
            self._known[login] = found
        return self._known[login]

    def count(self, login: str, answer: Allowed, price: Cents) -> None:
        """One more act of theirs."""
        here = self.of(login)
        if here is not None:
            self._known[login] = spent(here, answer, price)
