"""Records: what the store keeps as plain JSON, and the types it is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter

from jesignd.domain.credit import ONLY_FIRM, Cents
from jesignd.domain.people import FirmId
from jesignd.domain.recognition import Clue, Recognised
from jesignd.domain.sealing import Sealed

if TYPE_CHECKING:
    from jesignd.store.documents import Document

_RECOGNISED: TypeAdapter[Recognised] = TypeAdapter(Recognised)
_CLUES: TypeAdapter[tuple[Clue, ...]] = TypeAdapter(tuple[Clue, ...])
_SEALED: TypeAdapter[Sealed] = TypeAdapter(Sealed)

_NOTHING = Cents(0)
Plain = Mapping[str, Any]


def plain_recognised(recognised: Recognised) -> Plain:
    """A recognition as the store keeps it."""
    return cast("Plain", _RECOGNISED.dump_python(recognised, mode="json"))


def plain_clues(clues: Sequence[Clue]) -> Plain:
    """What was read of a document that could not be recognised, as the store keeps it."""
    return {"clues": _CLUES.dump_python(tuple(clues), mode="json")}


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


@dataclass(frozen=True, slots=True)
class Route:
    """How an authorised document goes on, as the store keeps it beside the document."""

    profile: str = ""
    destinations: tuple[str, ...] = ()
    price: Cents = _NOTHING
    test: bool = False
    firm: FirmId = ONLY_FIRM
    """For which it is sealed; none, on routes written before there were several."""
    account: FirmId = ONLY_FIRM
    """Whose credit pays."""
    mandate: str = ""
    """Id of the client's mandate it rests on."""

    def plain(self) -> Plain:
        """As the store keeps it."""
        return {
            "profile": self.profile,
            "destinations": list(self.destinations),
            "price": self.price,
            **({"test": True} if self.test else {}),
            **{name: value for name, value in self._more() if value},
        }

    def _more(self) -> tuple[tuple[str, str], ...]:
        return ("firm", self.firm), ("account", self.account), ("mandate", self.mandate)

    @classmethod
    def of(cls, document: Document) -> Route:
        """The route of this document; an empty one before it has any."""
        return cls.from_plain(document.route or {})

    @classmethod
    def from_plain(cls, plain: Plain) -> Route:
        """The route again."""
        return cls(
            profile=str(plain.get("profile", "")),
            destinations=tuple(str(name) for name in plain.get("destinations", ())),
            price=Cents(int(plain.get("price", 0))),
            test=plain.get("test") is True,
            firm=FirmId(str(plain.get("firm", ""))),
            account=FirmId(str(plain.get("account", ""))),
            mandate=str(plain.get("mandate", "")),
        )
