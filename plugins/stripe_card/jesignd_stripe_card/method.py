"""Method: open a Checkout page, and believe a notice only when Stripe signed it and the amounts agree."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from jesignd.domain.credit import Cents
from jesignd.domain.people import FirmId
from jesignd.errors import NotAllowed, ServiceError, Words
from jesignd.plugin import PaymentManifest, PaymentMethod, PaymentPage, PaymentRequest, TopUp

if TYPE_CHECKING:
    from types import ModuleType

_PAID = frozenset({"checkout.session.completed", "checkout.session.async_payment_succeeded"})
_MOST_CENTS = 100_000_000


@dataclass(frozen=True, slots=True)
class StripeOptions:
    """Where Stripe is, and how old a notice may be."""

    api: str = ""
    """Address of the interface; empty: the library's own."""
    tolerance_seconds: int = 30 * 86_400
    """Not Stripe's five minutes: a notice waits in the store while the daemon is stopped, and a payment lost for that
    would be worse than an old notice, which adds nothing because each payment is counted once."""


class StripeCard(PaymentMethod[StripeOptions]):
    """Payment by card; the card's number is never seen here."""

    manifest: ClassVar[PaymentManifest] = PaymentManifest(
        "stripe", Words("carte bleue, par Stripe Checkout", "card, over Stripe Checkout")
    )
    options_schema: ClassVar[type] = StripeOptions

    def open_page(self, request: PaymentRequest, options: StripeOptions, *, key: str) -> PaymentPage:
        """Open a Checkout session; the same reference asked again opens the same one."""
        stripe = _library()
        addresses = {"base_addresses": {"api": options.api}} if options.api else {}
        try:
            session = stripe.StripeClient(key, max_network_retries=2, **addresses).v1.checkout.sessions.create(
                params=_session(request), options={"idempotency_key": request.reference}
            )
        except stripe.StripeError as error:
            kind = type(error).__name__  # the class only: a message may quote the key
            raise ServiceError(
                Words(f"Stripe refuse ou ne répond pas ({kind})", f"Stripe refuses or does not answer ({kind})"),
                hint=Words("vérifiez `card.key`, réessayez", "check `card.key`, try again"),
            ) from None
        return PaymentPage(str(session.url), str(session.id))

    def receive_webhook(
        self, payload: bytes, signature_header: str, options: StripeOptions, *, secret: str
    ) -> TopUp | None:
        """What the notice says was paid; None for other events and for pages left unpaid."""
        stripe = _library()
        try:
            text = payload.decode("utf-8")
            stripe.WebhookSignature.verify_header(text, signature_header, secret, options.tolerance_seconds)
            event = json.loads(text)
        except (stripe.SignatureVerificationError, ValueError):
            raise _refused("signature") from None
        if not isinstance(event, Mapping) or event.get("type") not in _PAID:
            return None
        return _top_up(event)


def _library() -> ModuleType:
    """Imported when somebody pays, so that the plugin costs nothing where nobody does."""
    try:
        import stripe
    except ModuleNotFoundError as error:
        raise ServiceError(
            Words("la bibliothèque stripe n’est pas installée", "the library stripe is not installed"),
            hint=Words("pip install 'jesignd[card]'", "pip install 'jesignd[card]'"),
        ) from error
    return stripe


def _session(request: PaymentRequest) -> dict[str, Any]:
    return {
        "mode": "payment",
        "client_reference_id": request.reference,
        "metadata": {"jesignd_net": str(request.net), "jesignd_firm": request.firm, "jesignd": "credit"},
        "success_url": request.return_to,
        "cancel_url": request.return_to,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "eur",
                    "unit_amount": int(request.gross),
                    "product_data": {"name": request.label},
                },
            }
        ],
    }


def _top_up(event: Mapping[str, Any]) -> TopUp | None:
    """The payment in a signed event; another product of the same Stripe account is none of ours."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        session = event["data"]["object"]
        ours = session.get("metadata") or {}
        if ours.get("jesignd") != "credit" or session["payment_status"] != "paid":
            return None
        net, gross = int(ours["jesignd_net"]), int(session["amount_total"])
        if session["currency"] != "eur" or not 0 < net <= gross <= _MOST_CENTS:
            raise _refused("montant / amount")
        firm = FirmId(str(ours.get("jesignd_firm", "")))
        return TopUp(str(session["id"]), str(event["id"]), Cents(net), Cents(gross), firm)
    raise _refused("forme / form")


def _refused(what: str) -> NotAllowed:
    return NotAllowed(Words(f"avis de paiement refusé ({what})", f"notice of payment refused ({what})"))
