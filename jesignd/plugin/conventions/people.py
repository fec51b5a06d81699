"""People: read the signatories a source announces; somebody who cannot be reached holds the document (E12)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jesignd.domain.recognition import Doubtful, Signatory, Zone
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_SIGNATORIES = 50
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,189}\.[^@\s,;<>\".]{2,63}")
_MOBILE = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_FIELDS: Mapping[str, Words] = {
    "order": Words("l’ordre", "the order"),
    "role": Words("le rôle", "the role"),
    "last_name": Words("le nom", "the last name"),
    "first_name": Words("le prénom", "the first name"),
    "email": Words("l’adresse électronique", "the e-mail address"),
    "mobile": Words("le téléphone mobile", "the mobile number"),
    "zone": Words("la zone", "the zone"),
}


class Incomplete(ValueError):
    """One field of a signatory is missing or not usable; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def signatory(fields: Mapping[str, str], *, zone: Zone | None = None) -> Signatory:
    """A signatory from what a source wrote.

    `fields` are order, role, last_name, first_name, email and, where given, mobile and civility.

    Raises:
        Incomplete: a field is missing, or is not what its name says.
    """
    stripped = {name: value.strip() for name, value in fields.items()}
    for name in ("role", "last_name", "first_name"):
        if not stripped.get(name):
            raise Incomplete(name)
    if re.fullmatch(r"[1-9]\d?", stripped.get("order", ""), re.ASCII) is None:
        raise Incomplete("order")
    if _EMAIL.fullmatch(stripped.get("email", "")) is None:
        raise Incomplete("email")
    return Signatory(
        order=int(stripped["order"]),
        role=stripped["role"].casefold(),
        last_name=stripped["last_name"],
        first_name=stripped["first_name"],
        email=stripped["email"],
        mobile=_mobile(stripped.get("mobile", "")),
        civility=stripped.get("civility", ""),
        zone=zone,
    )


def _mobile(text: str) -> str:
    """International writing (E.164); a number of France may come as `06 00 00 00 00`."""
    bare = re.sub(r"[\s.()\u00a0\u202f-]", "", text)
    if re.fullmatch(r"0[67]\d{8}", bare, re.ASCII):
        bare = f"+33{bare[1:]}"
    if bare and _MOBILE.fullmatch(bare) is None:
        raise Incomplete("mobile")
    return bare


def incomplete(error: Incomplete, place: str) -> Doubtful:
    """The document holds: this signatory cannot be asked."""
    what = _FIELDS.get(error.field, Words(error.field, error.field))
    return Doubtful(
        Code.SIGNATORY_INCOMPLETE,
        Words(
            f"{place} : {what.fr} d’un signataire manque ou est faux",
            f"{place}: {what.en} of a signatory is missing or wrong",
        ),
        Words(
            "Compléter la fiche du signataire, puis exporter de nouveau.",
            "Complete the signatory’s record, then export again.",
        ),
    )


def in_order(people: Sequence[Signatory]) -> tuple[Signatory, ...]:
    """The signatories in the order in which they sign.

    Raises:
        Incomplete: too many, or the same person twice (by address and role).
    """
    if len(people) > MAX_SIGNATORIES:
        raise Incomplete("order")
    if len({(person.email.casefold(), person.role) for person in people}) != len(people):
        raise Incomplete("email")
    return tuple(sorted(people, key=lambda person: person.order))
