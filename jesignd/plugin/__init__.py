"""Plugin: what connectors and payment methods are made of, how they are kept in bounds, and results carried back.

A connector's author needs the names below, `jesignd.plugin.conventions`, `jesignd.domain` and `jesignd.errors`.
"""

from jesignd.plugin.contract import (
    Attached,
    Bundle,
    Connector,
    Evidence,
    Lot,
    Manifest,
    NoOptions,
    Outcome,
    ReturnFile,
    ReturnStatus,
)
from jesignd.plugin.payments import PaymentManifest, PaymentMethod, PaymentPage, PaymentRequest, TopUp
from jesignd.plugin.specs import hookimpl

__all__ = [
    "Attached",
    "Bundle",
    "Connector",
    "Evidence",
    "Lot",
    "Manifest",
    "NoOptions",
    "Outcome",
    "PaymentManifest",
    "PaymentMethod",
    "PaymentPage",
    "PaymentRequest",
    "ReturnFile",
    "ReturnStatus",
    "TopUp",
    "hookimpl",
]
