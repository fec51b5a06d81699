"""Card: pay credit in by card: open a page, then count the payment once its service has told it, signed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from jesignd.domain.credit import ONLY_FIRM, Cents, VatRate, euros, vat_on
from jesignd.errors import NotAllowed
from jesignd.flow.account import pay_in
from jesignd.plugin.payments import PaymentRequest, TopUp
from jesignd.store import payment_notices

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.people import FirmId
    from jesignd.store.database import Database

log = logging.getLogger(__name__)

Receive = Callable[[bytes, str], TopUp | None]
"""Reads a notice: `receive_webhook(payload, signature_header)` of the method in force; NotAllowed: it is forged."""


def payment_request(
    net: Cents, *, vat: VatRate, reference: str, firm_name: str, return_to: str, firm: FirmId = ONLY_FIRM
) -> PaymentRequest:
    """What the payer is asked for: the credit wanted for this firm's account, and the tax on it."""
    return PaymentRequest(
        reference=reference,
        net=net,
        gross=Cents(net + vat_on(net, vat)),
        label=f"Crédit {firm_name} : {euros(net)} HT",
        return_to=return_to,
        firm=firm,
    )


def count_payments(
    receive: Receive,
    *,
    database: Database,
    vat: VatRate,
    warn_below: Cents,
    clock: Callable[[], datetime.datetime],
) -> int:
    """Read the notices that wait; how many payments were added. Each is added once, however often it is told.

    A notice that is not its service's is dropped and told in the log.

    Raises:
        PluginError, ServiceError: a notice could not be read; it waits, and those after it.
    """
    with database.reading() as transaction:
        notices = payment_notices.waiting(transaction)
    added = 0
    for notice in notices:
        try:
            paid = receive(notice.body, notice.signature)
        except NotAllowed:
            log.warning("refused notice of payment id=%s", notice.id[:12])
            paid = None
        with database.transaction() as transaction:
            if payment_notices.drop(transaction, notice.id) and paid is not None:
                added += pay_in(
                    transaction,
                    paid.net,
                    reference=f"card:{paid.payment}",
                    vat=vat,
                    warn_below=warn_below,
                    at=clock(),
                    memo=f"carte bleue, {paid.notice}",
                    firm=paid.firm,
                )
    return added
