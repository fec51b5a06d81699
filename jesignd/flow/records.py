"""Records: what the store keeps as plain JSON, and the types it is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import TypeAdapter

from jesignd.domain.credit import Cents
from jesignd.domain.recognition import Recognised
from jesignd.domain.sealing import Sealed

_RECOGNISED: TypeAdapter[Recognised] = TypeAdapter(Recognised)
_SEALED: TypeAdapter[Sealed] = TypeAdapter(Sealed)

Plain = Mapping[str, Any]


def plain_recognised(recognised: Recognised) -> Plain:
    """A recognition as the store keeps it."""
    return cast("Plain", _RECOGNISED.dump_python(recognised, mode="json"))


def recognised_from(plain: Plain) -> Recognised:
    """The recognition again."""
    return _RECOGNISED.validate_python(plain)


def plain_sealed(sealed: Sealed) -> Plain:
    """A seal's report as the store keeps it."""
    return cast("Plain", _SEALED.dump_python(sealed, mode="json"))


def sealed_from_json(text: bytes) -> Sealed:
    """The report written beside a published file."""
    return _SEALED.validate_json(text)


def sealed_to_json(sealed: Sealed) -> bytes:
    """The report to be written beside a published file."""
    return _SEALED.dump_json(sealed)


class Route:
    """How an authorised document goes on, as the store keeps it."""

    def __init__(self, *, profile: str, destinations: tuple[str, ...], price: Cents) -> None:
        self.profile = profile
        self.destinations = destinations
        self.price = price

    def plain(self) -> Plain:
        """As the store keeps it."""
        return {"profile": self.profile, "destinations": list(self.destinations), "price": self.price}

    @classmethod
    def read(cls, plain: Plain) -> Route:
        """The route again."""
        destinations = tuple(str(name) for name in plain["destinations"])
        return cls(profile=str(plain["profile"]), destinations=destinations, price=Cents(int(plain["price"])))
