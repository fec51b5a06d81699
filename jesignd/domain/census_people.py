"""Census people: who was named as a signatory, what each would need, and which rights somebody has to hold.

A client co-signs by a link and a code, without an account; whoever signs for the firm is enrolled, with a certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.levels import FLOORS, Act, LegalLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jesignd.domain.recognition import Signatory

_OF_THE_FIRM = frozenset({"expert-comptable", "expert comptable", "ec", "expert", "cabinet", "associé", "associe"})
_STAFF = frozenset({"collaborateur", "collaboratrice", "assistant", "assistante"})


class Need(StrEnum):
    """What a person named in the exports has to have before they can sign."""

    NOTHING = "nothing"
    """A client: a link and a code."""
    ENROLMENT = "enrolment"
    """An accountant: account, enrolment, certificate."""
    DELEGATION = "delegation"
    """A member of staff: account and a delegation; to sign, enrolment too."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody named as a signatory; one line for each address and role."""

    name: str
    first_name: str
    last_name: str
    role: str
    email: str
    mobile: bool
    """Whether a mobile number is known, for the code sent by text message."""
    need: Need
    count: int
    kinds: tuple[DocumentKind, ...]


@dataclass(frozen=True, slots=True)
class RightRow:
    """A right that somebody must hold for the documents of one folder; `qualified`: the certificate must be so."""

    folder: str
    right: Right
    count: int
    kinds: tuple[DocumentKind, ...]
    qualified: bool = False


def need_of(role: str) -> Need:
    """What somebody of this role, as software writes it, has to have."""
    folded = role.strip().casefold()
    if folded in _OF_THE_FIRM:
        return Need.ENROLMENT
    return Need.DELEGATION if folded in _STAFF else Need.NOTHING


def people_rows(named: Iterable[tuple[DocumentKind, tuple[Signatory, ...]]]) -> tuple[PersonRow, ...]:
    """Everybody named, those of the firm first, then by name."""
    met: dict[tuple[str, str], tuple[Signatory, list[DocumentKind]]] = {}
    for kind, signatories in named:
        for one in signatories:
            met.setdefault((one.email.casefold(), one.role), (one, []))[1].append(kind)
    rows = [
        PersonRow(
            name=f"{one.first_name} {one.last_name}",
            first_name=one.first_name,
            last_name=one.last_name,
            role=one.role,
            email=one.email,
            mobile=bool(one.mobile),
            need=need_of(one.role),
            count=len(kinds),
            kinds=_ordered(kinds),
        )
        for one, kinds in met.values()
    ]
    return tuple(sorted(rows, key=lambda row: (row.need is Need.NOTHING, row.name.casefold(), row.role)))


def right_rows(documents: Iterable[tuple[str, DocumentKind]]) -> tuple[RightRow, ...]:
    """The rights each folder asks for: to seal, to prepare and launch what is signed, and to sign it."""
    by_folder: dict[str, list[DocumentKind]] = {}
    for folder, kind in documents:
        by_folder.setdefault(folder, []).append(kind)
    rows: list[RightRow] = []
    for folder, kinds in sorted(by_folder.items()):
        for right, wanted in _WANTED.items():
            ours = [kind for kind in kinds if FLOORS[kind].default is wanted]
            if ours:
                qualified = right is Right.SIGN and any(
                    FLOORS[kind].signature >= LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE for kind in ours
                )
                rows.append(RightRow(folder, right, len(ours), _ordered(ours), qualified))
    return tuple(rows)


_WANTED: Mapping[Right, Act] = {Right.SEAL: Act.SEAL, Right.LAUNCH: Act.SIGN, Right.SIGN: Act.SIGN}
"""Launching includes preparing, so that preparing has no line of its own."""


def _ordered(kinds: Iterable[DocumentKind]) -> tuple[DocumentKind, ...]:
    return tuple(sorted(set(kinds), key=lambda kind: kind.code))
