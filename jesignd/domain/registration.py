"""Registration: what a firm's first accountant has and lacks, item by item, each with the command that gives it.

Whoever bought a certificate elsewhere was checked by whoever sold it; the others are checked by somebody of the firm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jesignd.domain.setup import Commands, Item
from jesignd.errors import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = "IDENTIFIANT"
"""Stands for the login of somebody who has no account yet."""


class Authority(Enum):
    """Where a personal certificate can come from."""

    NONE = "none"
    """The firm has no authority of its own: people buy theirs."""
    TO_BE_MADE = "to be made"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Officer:
    """A registration officer, who is somebody else than the accountant."""

    login: str
    has_password: bool


@dataclass(frozen=True, slots=True)
class Accountant:
    """An accountant of the firm, and how far they are."""

    login: str
    name: str
    password: bool = False
    phone: bool = False
    identity: bool = False
    """A paper was handed in, or whoever sold the certificate saw one."""
    conditions: bool = False
    """Those in force."""
    approved: bool = False
    certificate: bool = False
    """One that counts now."""

    @property
    def done(self) -> int:
        """How many of the steps are behind them."""
        steps = (self.password, self.phone, self.identity, self.conditions, self.approved, self.certificate)
        return sum(steps)


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything that bears on the first accountant's registration."""

    firm: str
    """As a shell takes it."""
    accountant: Accountant | None
    officer: Officer | None
    authority: Authority
    keeps_papers: bool
    """Whether there is a secret that encrypts identity documents."""


def items(known: Registration, commands: Commands) -> Iterator[Item]:
    """The items, in the order in which they can be done."""
    who = known.accountant or Accountant(NOBODY, "")
    yield _account(known, commands)
    yield Item(
        Words("son mot de passe", "their password"),
        who.password,
        Words("il n’en a pas encore", "they have none yet"),
        commands.typed(f"user passwd {who.login}"),
    )
    yield Item(
        Words("son téléphone mobile", "their mobile phone"),
        who.phone,
        Words("aucun numéro donné à l’enregistrement", "no number was given at enrolment"),
        commands.typed(f"enrol start {who.login} --phone MOBILE"),
    )
    yield _identity(who, known, commands)
    yield Item(
        Words("son acceptation des conditions en vigueur", "their acceptance of the conditions in force"),
        who.conditions,
        Words("pas encore acceptées, ou modifiées depuis", "not accepted yet, or changed since"),
        commands.typed(f"enrol accept {who.login}"),
    )
    if not who.approved:
        yield _officer(known, commands)
    yield _approval(who, known, commands)
    yield from _certificate(who, known, commands)


def _account(known: Registration, commands: Commands) -> Item:
    who = known.accountant
    name = Words("un expert-comptable du cabinet", "an accountant of the firm")
    if who is not None:
        return Item(Words(f"{name.fr} : {who.name}", f"{name.en}: {who.name}"), done=True)
    person = "--email COURRIEL --first-name PRÉNOM --last-name NOM"
    return Item(
        name,
        done=False,
        why=Words("aucun compte n’est celui d’un expert-comptable du cabinet", "no account is an accountant's"),
        remedy=commands.typed(f"user add {NOBODY} {person} --firm {known.firm} --status accountant"),
    )


def _identity(who: Accountant, known: Registration, commands: Commands) -> Item:
    name = Words("sa pièce d’identité", "their identity document")
    if not known.keeps_papers and not who.identity:
        return Item(
            name,
            done=False,
            why=Words("rien ne la chiffrerait", "nothing would encrypt it"),
            remedy=Words(
                "renseignez `enrolment.secret` dans la configuration", "set `enrolment.secret` in the configuration"
            ),
        )
    return Item(
        name,
        who.identity,
        Words("aucune n’a été déposée", "none was handed in"),
        commands.typed(f"enrol identity {who.login} FICHIER --document identity_card"),
    )


def _officer(known: Registration, commands: Commands) -> Item:
    name = Words("un préposé à l’enregistrement, autre que lui", "a registration officer, somebody else")
    person = "--email COURRIEL --first-name PRÉNOM --last-name NOM"
    if known.officer is None:
        return Item(
            name,
            done=False,
            why=Words("personne n’a ce rôle", "nobody has this role"),
            remedy=commands.typed(f"user add {NOBODY} {person} --role officer"),
        )
    login = known.officer.login
    return Item(
        name,
        known.officer.has_password,
        Words(f"{login} n’a pas de mot de passe", f"{login} has no password"),
        commands.typed(f"user passwd {login}"),
    )


def _approval(who: Accountant, known: Registration, commands: Commands) -> Item:
    officer = known.officer.login if known.officer is not None else "PRÉPOSÉ"
    return Item(
        Words("l’approbation de son enregistrement", "the approval of their enrolment"),
        who.approved,
        Words("le préposé ne l’a pas encore approuvé", "the officer has not approved it yet"),
        commands.typed(f"enrol approve {who.login} --officer {officer}"),
    )


def _certificate(who: Accountant, known: Registration, commands: Commands) -> Iterator[Item]:
    if known.authority is not Authority.NONE and not who.certificate:
        yield Item(
            Words("l’autorité de certification du cabinet", "the firm's certificate authority"),
            known.authority is Authority.READY,
            Words("elle est configurée, mais pas encore créée", "it is configured, but not made yet"),
            commands.typed("authority init"),
        )
    own = known.authority is not Authority.NONE
    yield Item(
        Words("son certificat personnel", "their personal certificate"),
        who.certificate,
        Words("aucun qui vaille aujourd’hui", "none that counts today"),
        commands.typed(f"certificate issue {who.login}" if own else f"user key {who.login} FICHIER.p12"),
    )
