"""Stripe card: pay credit in by card on a page of Stripe Checkout."""

from __future__ import annotations

from typing import Any

from jesignd.plugin import PaymentMethod, hookimpl
from jesignd_stripe_card.method import StripeCard


@hookimpl
def jesignd_payments() -> tuple[PaymentMethod[Any], ...]:
    """The one payment method of this distribution."""
    return (StripeCard(),)
