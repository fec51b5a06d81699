"""Payments: the typed objects that pass between jesignd and a way of paying; version 1.

A payment method opens a page on which people pay, and reads the notice its service sends when they have. It gets the
secrets of its own service and nothing else: no database, no key, no folder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from jesignd.domain.credit import ONLY_FIRM, Cents
from jesignd.domain.people import FirmId
from jesignd.errors import Words
from jesignd.plugin.contract import API, NoOptions


@dataclass(frozen=True, slots=True)
class PaymentManifest:
    """Who a payment method is. `name` is what `card: {method: …}` says in the configuration."""

    name: str
    title: Words
    api: int = API


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What is to be paid: `net` goes to the firm's account, `gross` is what the payer is asked for, in euro cents."""

    reference: str
    """Ours, new for each request: asking twice under one reference opens one page."""
    net: Cents
    gross: Cents
    label: str
    """What the payer reads."""
    return_to: str
    """Where the payer comes back to."""
    firm: FirmId = ONLY_FIRM


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Where to pay, and the name by which the service knows this payment."""

    address: str
    payment: str


@dataclass(frozen=True, slots=True)
class TopUp:
    """A payment that has been made. `payment` is unique at its service: however often it is told, it is added once."""

    payment: str
    notice: str
    """The id of the notice that told it."""
    net: Cents
    gross: Cents
    firm: FirmId = ONLY_FIRM


Options = TypeVar("Options")


class PaymentMethod(ABC, Generic[Options]):
    """What a plugin offers to pay with. `options_schema` is a frozen dataclass whose every field has a default."""

    manifest: ClassVar[PaymentManifest]
    options_schema: ClassVar[type] = NoOptions

    @abstractmethod
    def open_page(self, request: PaymentRequest, options: Options, *, key: str) -> PaymentPage:
        """Open the page on which this is paid; `key` is the secret of the service's interface.

        Raises:
            ServiceError: the service does not answer, or refuses.
        """

    @abstractmethod
    def receive_webhook(self, payload: bytes, signature_header: str, options: Options, *, secret: str) -> TopUp | None:
        """What this notice says was paid; None when it speaks of something else. Pure but for the clock.

        Raises:
            NotAllowed: the signature is not the service's, or is too old; nothing in the notice may be believed.
        """
