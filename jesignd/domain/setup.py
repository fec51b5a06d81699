"""Set-up: the four steps by which a firm gets going, and what each of them still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from jesignd.domain.credit import Cents
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Step(IntEnum):
    """In the order in which they are taken."""

    REGISTER = 1
    CENSUS = 2
    DELEGATE = 3
    TELL = 4


TITLES = {
    Step.REGISTER: Words("Enregistrer le cabinet, et un essai", "Register the firm, and a trial"),
    Step.CENSUS: Words("Recenser les documents et les logiciels", "Take stock of documents and software"),
    Step.DELEGATE: Words("Déléguer", "Delegate"),
    Step.TELL: Words("Prévenir clients et collaborateurs", "Tell clients and staff"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a step needs. Once it is done there is nothing to say; until then, why not and what to do."""

    name: Words
    done: bool
    why: Words | None = None
    remedy: Words | None = None


@dataclass(frozen=True, slots=True)
class StepState:
    """Where a step stands."""

    step: Step
    title: Words
    items: tuple[Item, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        """What it still lacks."""
        return tuple(item for item in self.items if not item.done)

    @property
    def is_done(self) -> bool:
        """Whether it lacks nothing."""
        return not self.missing


class People(Protocol):
    """What is known of the firm's people, wherever that is kept."""

    def registered(self) -> Sequence[Item]:
        """What enrolling the first accountant takes, item by item."""

    def delegated(self) -> Sequence[Item]:
        """For each watched folder, whether whoever it acts as may seal today; and the like."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found of an installation; a None among the faults means that all is well."""

    exists: bool
    """Whether there is a configuration, with or without faults."""
    configuration: Words | None
    blanks: int
    """Lines of the configuration that still bear a stand-in."""
    key: Words | None
    balance: Cents | None
    """None: no store yet."""
    delivered: int
    folders: tuple[tuple[str, Words | None], ...]
    """Each watched folder, and why it is offline."""
    guide: bool
    invitation: bool


def steps(facts: Facts, people: People, *, commands: Commands) -> tuple[StepState, ...]:
    """The four steps, each with every item it needs."""
    return (
        StepState(Step.REGISTER, TITLES[Step.REGISTER], tuple(_register(facts, people, commands))),
        StepState(Step.CENSUS, TITLES[Step.CENSUS], tuple(_census(facts, commands))),
        StepState(Step.DELEGATE, TITLES[Step.DELEGATE], tuple(people.delegated())),
        StepState(Step.TELL, TITLES[Step.TELL], tuple(_tell(facts, commands))),
    )


@dataclass(frozen=True, slots=True)
class Commands:
    """How to type the commands that mend things, with the configuration named where it has to be."""

    prefix: str = "jesignd"
    guide: str = "guide.pdf"

    def typed(self, rest: str) -> Words:
        """The same in both languages: it is typed as it stands."""
        return Words(f"{self.prefix} {rest}", f"{self.prefix} {rest}")


def _register(facts: Facts, people: People, commands: Commands) -> Iterator[Item]:
    yield Item(
        Words("une configuration sans faute", "a configuration without faults"),
        facts.configuration is None,
        facts.configuration if facts.exists else Words("elle n’est pas encore écrite", "it is not written yet"),
        commands.typed("config check" if facts.exists else "init"),
    )
    if facts.configuration is None:
        yield Item(
            Words("aucune valeur d’attente dans la configuration", "no stand-in left in the configuration"),
            facts.blanks == 0,
            Words(f"{facts.blanks} ligne(s) marquée(s) « À REMPLACER »", f"{facts.blanks} line(s) marked À REMPLACER"),
            Words(
                "remplacez les valeurs marquées « À REMPLACER », puis retirez la marque",
                "replace the values marked À REMPLACER, then remove the mark",
            ),
        )
    yield Item(
        Words("la clé et le certificat du cachet", "the seal's key and certificate"),
        facts.key is None,
        facts.key,
        commands.typed("doctor --only keys") if facts.configuration is None else None,
    )
    yield from people.registered()
    yield Item(
        Words("du crédit au compte du cabinet", "credit on the firm's account"),
        bool(facts.balance and facts.balance > 0),
        Words("le compte est vide", "the account is empty")
        if facts.balance is not None
        else Words("le démon n’a jamais tourné", "the daemon has never run"),
        commands.typed("credit topup MONTANT --reference VIREMENT"),
    )
    yield Item(
        Words("un essai : un document scellé et livré", "a trial: one document sealed and delivered"),
        facts.delivered > 0,
        Words("aucun document n’a encore été livré", "no document has been delivered yet"),
        Words(
            "lancez le démon et déposez un PDF dans un dossier surveillé",
            "start the daemon and drop a PDF into a watched folder",
        ),
    )


def _census(facts: Facts, commands: Commands) -> Iterator[Item]:
    yield Item(
        Words("au moins un dossier surveillé", "at least one watched folder"),
        bool(facts.folders),
        Words("la configuration n’en nomme aucun", "the configuration names none"),
        commands.typed("census DOSSIER -o RÉPERTOIRE"),
    )
    for name, fault in facts.folders:
        yield Item(
            Words(f"le dossier surveillé {name}", f"the watched folder {name}"),
            fault is None,
            fault,
            commands.typed("doctor --only folders"),
        )


def _tell(facts: Facts, commands: Commands) -> Iterator[Item]:
    yield Item(
        Words("le guide des clients", "the clients' guide"),
        facts.guide,
        Words("il n’est pas encore écrit", "it is not written yet"),
        commands.typed(f"guide --sender ADRESSE --phone NUMÉRO -o {commands.guide}"),
    )
    yield Item(
        Words("l’invitation à la réunion de lancement", "the invitation to the launch meeting"),
        facts.invitation,
        Words("elle n’est pas encore écrite", "it is not written yet"),
        commands.typed("init"),
    )
