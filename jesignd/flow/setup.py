"""Set-up: look at an installation and say where its four steps stand; nothing is changed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain import setup
from jesignd.domain.documents import DocumentState
from jesignd.domain.firm import Right, may
from jesignd.domain.levels import Act
from jesignd.domain.setup import Commands, Facts, Item, People, StepState
from jesignd.errors import JesignError, SettingsError, Words
from jesignd.flow.install import blanks
from jesignd.intake import scan
from jesignd.settings.load import load
from jesignd.settings.proposal import REPLACE
from jesignd.settings.settings import Settings
from jesignd.store import documents, ledger
from jesignd.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jesignd.domain.credit import Cents
    from jesignd.domain.folders import WatchedFolder

GUIDE = "guide-clients.pdf"
INVITATION = "reunion-de-lancement.txt"


def papers_beside(config: Path) -> Path:
    """Where the papers for clients and staff are written."""
    return config.parent / "communication"


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """The firm's people as the configuration names them, on that day in Paris."""

    settings: Settings
    on: datetime.date

    def registered(self) -> Sequence[Item]:
        """An accountant: somebody who may sign."""
        able = [one for one in self.settings.people.values() if may(one, Right.SIGN, self.on)]
        return (
            Item(
                Words("un expert-comptable, qui a le droit de signer", "an accountant, who may sign"),
                bool(able),
                Words("personne n’a le droit `sign` aujourd’hui", "nobody holds the right `sign` today"),
                Words(
                    "ajoutez-le à `people`, avec `rights: [seal, sign]`",
                    "add them to `people`, with `rights: [seal, sign]`",
                ),
            ),
        )

    def delegated(self) -> Sequence[Item]:
        """The right to seal, for whoever each sealed folder acts as."""
        if not self.settings.folders:
            name = Words("une délégation pour chaque dossier", "a delegation for each folder")
            return (Item(name, done=False, why=Words("aucun dossier surveillé", "no watched folder")),)
        return tuple(self._folder(folder.name, folder.acts_as) for folder in self._sealed())

    def _sealed(self) -> Iterator[WatchedFolder]:
        for folder in self.settings.folders:
            rules = self.settings.rules
            if any(rule.act is Act.SEAL and folder.name in (rule.when.folders or {folder.name}) for rule in rules):
                yield folder

    def _folder(self, folder: str, acts_as: str) -> Item:
        person = self.settings.people[acts_as]
        return Item(
            Words(f"{person.name} peut sceller le dossier {folder}", f"{person.name} may seal the folder {folder}"),
            may(person, Right.SEAL, self.on),
            Words("son droit manque ou n’est pas de ce jour", "the right is missing or not of today"),
            Words(
                f"donnez `seal` à {acts_as}, ou un autre `acts_as` au dossier",
                f"give `seal` to {acts_as}, or the folder another `acts_as`",
            ),
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
    on: datetime.date,
    key_fault: Callable[[Settings], Words | None],
    prefix: str = "jesignd",
    people: Callable[[Settings], People] | None = None,
) -> tuple[StepState, ...]:
    """The four steps of the installation that this file configures; it need not exist.

    `key_fault` says why the seal's key cannot be used. `people` says where people are known from: by default the
    configuration.
    """
    papers = papers_beside(config)
    commands = Commands(prefix, str(papers / GUIDE))
    try:
        settings = load(config)
    except SettingsError as error:
        return setup.steps(_nothing(papers, error, exists=config.exists()), NobodyYet(), commands=commands)
    known = people(settings) if people is not None else NamedPeople(settings, on)
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
    return setup.steps(facts, known, commands=commands)


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
    """The balance and the number of documents delivered; a store that was never made is not made now."""
    url = settings.database_url()
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return None, 0
    database = Database.open(url)
    try:
        with database.reading() as transaction:
            counted = documents.counts(transaction)
            delivered = sum(states.get(DocumentState.DELIVERED, 0) for states in counted.values())
            return ledger.balance(transaction), delivered
    finally:
        database.close()
