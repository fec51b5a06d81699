"""Set-up: look at an installation and say where its four steps stand; nothing is changed."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain import registration as registered
from jesignd.domain import remedies, setup
from jesignd.domain.delegations import Allowed
from jesignd.domain.documents import DocumentState
from jesignd.domain.remedies import Lacking
from jesignd.domain.setup import Commands, Facts, Item, People, StepState
from jesignd.errors import JesignError, SettingsError, Words
from jesignd.flow import attention, registration
from jesignd.flow.firms import known
from jesignd.flow.install import blanks
from jesignd.intake import scan
from jesignd.settings.load import load
from jesignd.settings.proposal import REPLACE
from jesignd.settings.settings import Settings
from jesignd.store import delegations, documents, ledger
from jesignd.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jesignd.domain.credit import Cents
    from jesignd.domain.delegations import Answer
    from jesignd.domain.folders import WatchedFolder
    from jesignd.domain.jobs import Transaction

GUIDE = "guide-clients.pdf"
INVITATION = "reunion-de-lancement.txt"


def papers_beside(config: Path) -> Path:
    """Where the papers for clients and staff are written."""
    return config.parent / "communication"


@dataclass(frozen=True, slots=True)
class StoredPeople:
    """The firm's people as the store knows them at this instant."""

    settings: Settings
    at: datetime.datetime
    commands: Commands

    def registered(self) -> Sequence[Item]:
        """An accountant of the firm, and everything up to their certificate."""
        with _reading(self.settings) as transaction:
            found = registration.gather(transaction, self.settings, at=self.at)
        return tuple(registered.items(found, self.commands))

    def delegated(self) -> Sequence[Item]:
        """The right to seal, for whoever each sealed folder acts as; and how many delegations are in force."""
        if not self.settings.folders:
            name = Words("une délégation pour chaque dossier", "a delegation for each folder")
            return (Item(name, done=False, why=Words("aucun dossier surveillé", "no watched folder")),)
        with _reading(self.settings) as transaction:
            rights = attention.rights_to_seal(transaction, self.settings, at=self.at)
            items = [self._folder(transaction, folder, answer) for folder, answer in rights]
            count = _in_force(transaction, self.settings, self.at) if transaction is not None else 0
        if count:
            items.append(Item(Words(f"délégations en vigueur : {count}", f"delegations in force: {count}"), done=True))
        return tuple(items)

    def _folder(self, transaction: Transaction | None, folder: WatchedFolder, answer: Answer) -> Item:
        name = Words(
            f"{folder.acts_as} peut sceller le dossier {folder.name}",
            f"{folder.acts_as} may seal the folder {folder.name}",
        )
        if isinstance(answer, Allowed):
            return Item(name, done=True)
        lacking = Lacking(folder.acts_as)
        if transaction is not None:
            lacking = attention.lacking(transaction, self.settings, folder, at=self.at)
        remedy = self.commands.typed(remedies.command(answer.why, lacking))
        return Item(name, done=False, why=answer.reason, remedy=remedy)


def rights_to_seal(settings: Settings, at: datetime.datetime) -> list[tuple[WatchedFolder, Answer]]:
    """For each folder that a rule seals, whether whoever it acts as may seal at this instant; no kind in particular."""
    with _reading(settings) as transaction:
        return attention.rights_to_seal(transaction, settings, at=at)


def accountants(settings: Settings, at: datetime.datetime) -> list[str]:
    """The names of the main firm's accountants."""
    with _reading(settings) as transaction:
        if transaction is None:
            return []
        return [account.profile.name for account in registration.accountants(transaction, settings, at)]


def _in_force(transaction: Transaction, settings: Settings, at: datetime.datetime) -> int:
    """How many delegations of the main firm count now."""
    main = known(transaction, settings).get("")
    given = delegations.of_firm(transaction, main.id) if main is not None else []
    return sum(
        one.holder is not None and not one.is_revoked(at) and one.grant.starts_at <= at < one.grant.ends_at
        for one in given
    )


class NobodyYet:
    """No configuration, therefore nobody."""

    def registered(self) -> Sequence[Item]:
        """Everything is still to be done."""
        return (Item(Words("un expert-comptable", "an accountant"), done=False),)

    def delegated(self) -> Sequence[Item]:
        """The same."""
        return (Item(Words("une délégation pour chaque dossier", "a delegation for each folder"), done=False),)


def survey(
    config: Path,
    *,
    at: datetime.datetime,
    key_fault: Callable[[Settings], Words | None],
    prefix: str = "jesignd",
    staff: Callable[[Settings], People] | None = None,
) -> tuple[StepState, ...]:
    """The four steps of the installation that this file configures; it need not exist.

    `key_fault` says why the seal's key cannot be used. `staff` says where people are known from: by default the
    store.
    """
    papers = papers_beside(config)
    commands = Commands(prefix, str(papers / GUIDE))
    try:
        settings = load(config)
    except SettingsError as error:
        return setup.steps(_nothing(papers, error, exists=config.exists()), NobodyYet(), commands=commands)
    known_staff = staff(settings) if staff is not None else StoredPeople(settings, at, commands)
    balance, delivered = _store(settings)
    facts = Facts(
        exists=True,
        configuration=None,
        blanks=blanks(config.read_text(encoding="utf-8"), REPLACE),
        key=key_fault(settings),
        balance=balance,
        delivered=delivered,
        folders=tuple((folder.name, scan.prove(folder)) for folder in settings.folders),
        guide=(papers / GUIDE).is_file(),
        invitation=(papers / INVITATION).is_file(),
    )
    return setup.steps(facts, known_staff, commands=commands)


def _nothing(papers: Path, error: JesignError, *, exists: bool) -> Facts:
    return Facts(
        exists=exists,
        configuration=error.message,
        blanks=0,
        key=Words("aucune configuration ne la nomme", "no configuration names it"),
        balance=None,
        delivered=0,
        folders=(),
        guide=(papers / GUIDE).is_file(),
        invitation=(papers / INVITATION).is_file(),
    )


def _store(settings: Settings) -> tuple[Cents | None, int]:
    """The balance and the number of documents delivered."""
    with _reading(settings) as transaction:
        if transaction is None:
            return None, 0
        counted = documents.counts(transaction)
        delivered = sum(states.get(DocumentState.DELIVERED, 0) for states in counted.values())
        return ledger.balance(transaction), delivered


@contextmanager
def _reading(settings: Settings) -> Iterator[Transaction | None]:
    """A look into the store; one that was never made is not made now."""
    url = settings.database_url()
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        yield None
        return
    database = Database.open(url)
    try:
        with database.reading() as transaction:
            yield transaction
    finally:
        database.close()
