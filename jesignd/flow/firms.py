"""Firms: the firms that the configuration names, as the store knows them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jesignd.domain.credit import ONLY_FIRM
from jesignd.domain.events import Event
from jesignd.domain.firm import ActingFirm
from jesignd.domain.people import Firm, FirmId
from jesignd.errors import SettingsError, Words
from jesignd.store import journal, people

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from jesignd.domain.jobs import Transaction
    from jesignd.settings.settings import Settings
    from jesignd.store.database import Database

_BY = "configuration"


def make_sure(
    settings: Settings, *, database: Database, clock: Callable[[], datetime.datetime]
) -> Mapping[str, ActingFirm]:
    """Have the store know every firm of the configuration; by the SIREN a folder names, the main one under none.

    A firm is known by its SIREN, so that another name here does not make another firm of it; where several offices
    have one SIREN, the name says which.

    Raises:
        SettingsError: a name is that of another firm already.
    """
    with database.reading() as transaction:
        found = known(transaction, settings)
    if len(found) == len(settings.firms) + 1:
        return found
    with database.transaction() as transaction:
        at = clock()
        for one in settings.firms:
            if _find(people.list_firms(transaction), one.name, one.siren) is None:
                _add(transaction, one.name, one.siren, at=at)
        return known(transaction, settings)


def known(transaction: Transaction, settings: Settings) -> Mapping[str, ActingFirm]:
    """The same of those that the store knows already; nothing is written."""
    firms = people.list_firms(transaction)
    acting: dict[str, ActingFirm] = {}
    for position, one in enumerate(settings.firms):
        found = _find(firms, one.name, one.siren)
        if found is not None:
            account = ONLY_FIRM if position == 0 else found.id
            acting[one.siren] = ActingFirm(found.id, account)
            if position == 0:
                acting[""] = acting[one.siren]
    return acting


def account_of(firm: Firm, acting: Mapping[str, ActingFirm]) -> FirmId:
    """The name in the ledger of this firm's account."""
    return next((one.account for one in acting.values() if one.id == firm.id), firm.id)


def _find(firms: Sequence[Firm], name: str, siren: str) -> Firm | None:
    same = [one for one in firms if one.siren == siren]
    return next((one for one in same if one.name == name), same[0] if same else None)


def _add(transaction: Transaction, name: str, siren: str, *, at: datetime.datetime) -> None:
    firm = Firm(FirmId(f"fir_{uuid.uuid4().hex}"), name, siren)
    if people.insert_firm(transaction, firm, at=at):
        journal.record(transaction, Event.FIRM_ADDED, None, {"firm": firm.id, "by": _BY}, at=at)
        return
    if not people.complete_firm(transaction, name, siren):
        raise SettingsError(
            Words(
                f"« {name} » est déjà, dans la base, le nom d’un cabinet qui a un autre SIREN que {siren}",
                f"“{name}” is, in the store, the name of a firm with another SIREN than {siren}",
            ),
            hint=Words("jesignd firm list les montre ; corrigez `firm`", "see jesignd firm list; mend `firm`"),
        )
