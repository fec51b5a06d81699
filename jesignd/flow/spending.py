"""Spending: what each account has left while a batch is decided, and what is reserved for it in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.credit import Cents, VatRate
from jesignd.flow import charges
from jesignd.store import ledger, reservations

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from jesignd.domain.documents import DocumentId
    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import FirmId
    from jesignd.flow.records import Route
    from jesignd.store.documents import Document


class Spending:
    """Knows what was foreseen in this batch besides what the ledger knows."""

    def __init__(self, transaction: Transaction, at: datetime.datetime) -> None:
        self._transaction = transaction
        self._at = at
        self._recorded: dict[FirmId, Cents] = {}
        self.foreseen: dict[DocumentId, tuple[Document, Route]] = {}

    def balance(self, account: FirmId) -> Cents:
        """What a further document may cost this firm at most."""
        if account not in self._recorded:
            self._recorded[account] = ledger.affordable(self._transaction, account)
        return self._recorded[account]

    def foresee(self, document: Document, route: Route) -> None:
        """This document is authorised."""
        self.foreseen[document.id] = (document, route)
        self._recorded[route.account] = Cents(self.balance(route.account) - route.price)

    def give_back(self, replaced: Sequence[DocumentId]) -> None:
        """These are not sealed any more, whether authorised in this batch or long before."""
        if not replaced:
            return
        for one in replaced:
            self.foreseen.pop(one, None)
        reservations.release(self._transaction, replaced, at=self._at)
        self._recorded.clear()
        for _, route in self.foreseen.values():
            self._recorded[route.account] = Cents(self.balance(route.account) - route.price)

    def reserve(self, vat: VatRate) -> None:
        """Set aside what those still authorised will cost."""
        charges.reserve(self._transaction, self.foreseen, at=self._at, vat=vat)
