"""Set-up: look at an installation and say where its four steps stand; nothing is changed."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain import setup
from jesignd.domain.delegations import Allowed, Operation, Subject
from jesignd.domain.documents import DocumentState
from jesignd.domain.levels import Act
from jesignd.domain.people import FirmId, Status
from jesignd.domain.rights import may
from jesignd.domain.setup import Commands, Facts, Item, People, StepState
from jesignd.errors import JesignError, SettingsError, Words
from jesignd.flow.firms import known
from jesignd.flow.install import blanks
from jesignd.flow.standing import Standings
from jesignd.intake import scan
from jesignd.settings.load import load
from jesignd.settings.proposal import REPLACE
from jesignd.settings.settings import Settings
from jesignd.store import documents, ledger, people
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

    def registered(self) -> Sequence[Item]:
        """An accountant of the firm."""
        names = accountants(self.settings, self.at)
        return (
            Item(
                Words("un expert-comptable du cabinet", "an accountant of the firm"),
                bool(names),
                Words("aucun compte n’est celui d’un expert-comptable du cabinet", "no account is an accountant's"),
                Words(
                    "jesignd user add … --firm CABINET --status accountant",
                    "jesignd user add … --firm FIRM --status accountant",
                ),
            ),
        )

    def delegated(self) -> Sequence[Item]:
        """The right to seal, for whoever each sealed folder acts as."""
        if not self.settings.folders:
            name = Words("une délégation pour chaque dossier", "a delegation for each folder")
            return (Item(name, done=False, why=Words("aucun dossier surveillé", "no watched folder")),)
        return tuple(_item(folder, answer) for folder, answer in rights_to_seal(self.settings, self.at))


def _item(folder: WatchedFolder, answer: Answer) -> Item:
    name = Words(
        f"{folder.acts_as} peut sceller le dossier {folder.name}",
        f"{folder.acts_as} may seal the folder {folder.name}",
    )
    if isinstance(answer, Allowed):
        return Item(name, done=True)
    return Item(name, done=False, why=answer.reason, remedy=answer.hint)


def rights_to_seal(settings: Settings, at: datetime.datetime) -> list[tuple[WatchedFolder, Answer]]:
    """For each folder that a rule seals, whether whoever it acts as may seal at this instant; no kind in particular."""
    sealed = [
        folder
        for folder in settings.folders
        if any(rule.act is Act.SEAL and folder.name in (rule.when.folders or {folder.name}) for rule in settings.rules)
    ]
    with _reading(settings) as transaction:
        firms = known(transaction, settings) if transaction is not None else {}
        standings = Standings(transaction, settings.terms()) if transaction is not None else None
        answers: list[tuple[WatchedFolder, Answer]] = []
        for folder in sealed:
            here = standings.of(folder.acts_as) if standings is not None else None
            subject = Subject(firms[folder.firm].id if folder.firm in firms else FirmId(""))
            answers.append((folder, may(here, Operation.LAUNCH_SEALING, subject=subject, at=at)))
    return answers


def accountants(settings: Settings, at: datetime.datetime) -> list[str]:
    """The names of the main firm's accountants."""
    with _reading(settings) as transaction:
        main = known(transaction, settings).get("") if transaction is not None else None
        if transaction is None or main is None:
            return []
        members = people.members(transaction, main.id, at=at)
        return [account.profile.name for account, status in members if status is Status.ACCOUNTANT]


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
    known_staff = staff(settings) if staff is not None else StoredPeople(settings, at)
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
