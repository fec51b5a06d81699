"""Mandates: a client's authority to the firm, without which some documents are not signed in the client's name.

A mandate is no delegation: the client gives it to the firm, in the engagement letter or apart (F42).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from jesignd.domain.documents import DocumentKind
from jesignd.domain.paris import day
from jesignd.domain.people import AccountId, FirmId
from jesignd.errors import Words

MandateId = NewType("MandateId", str)
"""`man_` and 32 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a client allowed, and where it is written. Both days are included; without a last day, until ended."""

    id: MandateId
    firm: FirmId
    client_code: str
    reference: str
    """The paper that says so: `LDM 2026-014, art. 7`."""
    first_day: datetime.date
    recorded_by: AccountId
    recorded_at: datetime.datetime
    kinds: frozenset[DocumentKind] = frozenset()
    """What it covers; the deck's engagement letter covers everything, so an empty set does."""
    last_day: datetime.date | None = None
    ended_at: datetime.datetime | None = None

    def covers(self, kind: DocumentKind, client_code: str, *, at: datetime.datetime) -> bool:
        """Whether it allows this document of this client at this instant."""
        today = day(at)
        return (
            self.client_code.casefold() == client_code.casefold()
            and (not self.kinds or kind in self.kinds)
            and self.first_day <= today
            and (self.last_day is None or today <= self.last_day)
            and (self.ended_at is None or at < self.ended_at)
        )


def found(
    mandates: Sequence[Mandate], *, firm: FirmId, kind: DocumentKind, client_code: str, at: datetime.datetime
) -> Mandate | None:
    """The mandate under which this document may go on, the newest first; None: it must wait for one."""
    fitting = [one for one in mandates if one.firm == firm and one.covers(kind, client_code, at=at)]
    return max(fitting, key=lambda one: (one.recorded_at, one.id), default=None)


def missing(kind: DocumentKind, client_code: str) -> tuple[Words, Words]:
    """Why a document waits for a mandate, and what to do."""
    return (
        Words(
            f"il manque le mandat du client {client_code} pour cette nature de document ({kind.code})",
            f"the mandate of client {client_code} for this kind of document ({kind.code}) is missing",
        ),
        Words(
            f"enregistrez sa référence : jesignd mandate add {client_code} « LDM … »",
            f"record its reference: jesignd mandate add {client_code} “LDM …”",
        ),
    )
