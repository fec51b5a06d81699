"""Enrolment: what must be gathered and approved before a person receives a certificate (F4, F16–F19, F32)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from jesignd.domain.documents import Digest
from jesignd.domain.people import AccountId
from jesignd.errors import Words

EnrolmentId = NewType("EnrolmentId", str)
"""`enr_` and 32 hexadecimal digits."""


class IdentityDocument(StrEnum):
    """The papers accepted."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"


class EnrolmentState(StrEnum):
    """Where an enrolment stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    CERTIFIED = "certified"


class Item(StrEnum):
    """What is asked for; each is named while it is missing."""

    IDENTITY = "identity"
    PHONE = "phone"
    CONDITIONS = "conditions"
    APPROVAL = "approval"
    CERTIFICATE = "certificate"


ITEMS: Mapping[Item, Words] = {
    Item.IDENTITY: Words("la pièce d’identité", "the identity document"),
    Item.PHONE: Words("le téléphone mobile", "the mobile phone"),
    Item.CONDITIONS: Words("l’acceptation des conditions en vigueur", "acceptance of the conditions in force"),
    Item.APPROVAL: Words("l’approbation d’un préposé à l’enregistrement", "approval by a registration officer"),
    Item.CERTIFICATE: Words("le certificat", "the certificate"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity document on record. Its scan is kept encrypted until `purge_at`, its digest for good."""

    document: IdentityDocument
    digest: Digest
    received_at: datetime.datetime
    purge_at: datetime.datetime
    purged_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person's way to one certificate; a renewal with new papers is another."""

    id: EnrolmentId
    account: AccountId
    state: EnrolmentState
    started_at: datetime.datetime
    identity: Identity | None = None
    phone: str | None = None
    decided_by: AccountId | None = None
    decided_at: datetime.datetime | None = None
    reason: str | None = None
    """Why it was refused."""
    certificate: Digest | None = None
    """SHA-256 of the certificate issued."""


def missing(enrolment: Enrolment, conditions_at: datetime.datetime | None) -> tuple[Item, ...]:
    """What is still to come, in order; `conditions_at` is when the conditions in force were accepted."""
    absent: list[Item] = []
    if enrolment.identity is None:
        absent.append(Item.IDENTITY)
    if not enrolment.phone:
        absent.append(Item.PHONE)
    if conditions_at is None:
        absent.append(Item.CONDITIONS)
    if enrolment.state in {EnrolmentState.OPEN, EnrolmentState.REFUSED}:
        absent.append(Item.APPROVAL)
    if enrolment.state is not EnrolmentState.CERTIFIED:
        absent.append(Item.CERTIFICATE)
    return tuple(absent)


def objection(enrolment: Enrolment, officer: AccountId, conditions_at: datetime.datetime | None) -> Words | None:
    """Why this officer may not approve this enrolment now; None: they may."""
    if officer == enrolment.account:
        return Words("nul n’approuve son propre enregistrement", "nobody approves their own enrolment")
    if enrolment.state is not EnrolmentState.OPEN:
        return Words("cet enregistrement a déjà été décidé", "this enrolment was decided before")
    absent = [item for item in missing(enrolment, conditions_at) if item not in {Item.APPROVAL, Item.CERTIFICATE}]
    if absent:
        french = ", ".join(ITEMS[item].fr for item in absent)
        english = ", ".join(ITEMS[item].en for item in absent)
        return Words(f"il manque : {french}", f"missing: {english}")
    if enrolment.identity is not None and enrolment.identity.purged_at is not None:
        return Words("la pièce d’identité a été purgée : redemandez-la", "the identity document was purged: ask again")
    return None
