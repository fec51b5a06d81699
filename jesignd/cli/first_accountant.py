"""First accountant: the firm in the store, and the account of the accountant who sets it up; what is there stays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from jesignd.cli import asking, output, persons
from jesignd.cli.access import now, opened
from jesignd.cli.access import user as who
from jesignd.cli.setting_up import question
from jesignd.domain.people import Profile, Status, email
from jesignd.domain.suggestions import login_of
from jesignd.errors import NotAllowed, SettingsError, Words
from jesignd.flow import enrol, firms, install, people, registration

if TYPE_CHECKING:
    from pathlib import Path

    from jesignd.cli.options import Options
    from jesignd.cli.setting_up import Answers
    from jesignd.domain.people import Account, FirmId
    from jesignd.settings.settings import Settings
    from jesignd.store.database import Database

_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class _Person:
    """Whose account is to be opened."""

    login: str
    profile: Profile


def open_first(settings: Settings, given: Answers, options: Options, *, asks: bool) -> None:
    """Have the store know the firm, and open its first accountant's account once somebody says where to reach them.

    Raises:
        SettingsError, NotAllowed: an answer that cannot be taken; nothing more is made.
    """
    with opened(options) as database:
        firm = firms.make_sure(settings, database=database, clock=now)[""].id
        with database.reading() as transaction:
            there = registration.accountants(transaction, settings, at=now())
        person = None if there else _person(settings, given, options, asks=asks)
        if person is not None:
            account = _open(person, firm, options, database=database)
            _enrol(account, settings, given, options, database=database, asks=asks)
            if asks and given.password_file is None:
                _ask_secrets(account, settings, options, database=database)
    store = install.store_file(settings)
    if store is not None and os.path.lexists(store):
        install.handed_over(store)


def _person(settings: Settings, given: Answers, options: Options, *, asks: bool) -> _Person | None:
    """Who it is; None when nobody says at what address they can be reached."""
    address = given.email or (_asked(_ADDRESS, options) if asks else "")
    if not address:
        return None
    first, _, last = (given.accountant or (_asked(_NAME, options) if asks else "")).strip().partition(" ")
    if not first or not last.strip():
        raise SettingsError(
            Words(
                "il manque le prénom ou le nom de l’expert-comptable",
                "the accountant's first or last name is not given",
            ),
            hint=Words("donnez --accountant 'PRÉNOM NOM'", "give --accountant 'FIRST LAST'"),
        )
    try:
        profile = Profile(first, last.strip(), email(address))
    except ValueError as error:
        raise NotAllowed(Words(f"courriel refusé : {address}", f"e-mail address refused: {address}")) from error
    return _Person(_login(settings, given) or login_of(address), profile)


_ADDRESS = Words("Courriel de l’expert-comptable ; vide : plus tard", "The accountant’s e-mail address; empty: later")
_NAME = Words("Prénom et nom de l’expert-comptable", "The accountant’s first and last name")
_MOBILE = Words("Son téléphone mobile ; vide : plus tard", "Their mobile phone; empty: later")


def _login(settings: Settings, given: Answers) -> str | None:
    """The one given, else the one that the folders act as, else one made of the name."""
    acting = {folder.acts_as for folder in settings.folders}
    return given.login or (acting.pop() if len(acting) == 1 else given.acts_as)


def _open(person: _Person, firm: FirmId, options: Options, *, database: Database) -> Account:
    newcomer = people.Newcomer(person.login, person.profile, firm=firm, status=Status.ACCOUNTANT)
    account, _ = people.add_account(newcomer, database=database, clock=now, by=who())
    profile = account.profile
    output.say(
        Words(
            f"compte ouvert : {account.login} – prénom {profile.first_name}, nom {profile.last_name}",
            f"account opened: {account.login} – first name {profile.first_name}, last name {profile.last_name}",
        ),
        options,
    )
    return account


def _enrol(
    account: Account, settings: Settings, given: Answers, options: Options, *, database: Database, asks: bool
) -> None:
    """The password and the mobile number, as far as they are known."""
    from jesignd.flow.logins import set_password

    if given.password_file is not None:
        typed = _first_line(given.password_file)
        set_password(account.id, typed, database=database, clock=now, by=who())
    if number := given.mobile or (_asked(_MOBILE, options) if asks else ""):
        enrol.start(account.id, number, database=database, terms=settings.terms(), clock=now)


def _ask_secrets(account: Account, settings: Settings, options: Options, *, database: Database) -> None:
    """A password typed unseen and, if wanted, one-time codes; what does not succeed is told, and can be done later."""
    from jesignd.flow.logins import set_password

    try:
        set_password(account.id, asking.new_password(options), database=database, clock=now, by=who())
        _codes(account, settings, options, database=database)
    except NotAllowed as error:
        for line in output.error_lines(error, options.lang):
            click.echo(line, err=True)
        later = f"jesignd user passwd {account.login}, jesignd user totp {account.login}"
        output.say(Words(f"plus tard : {later}", f"later: {later}"), options)


def _codes(account: Account, settings: Settings, options: Options, *, database: Database) -> None:
    from jesignd.flow.logins import confirm_totp, start_totp

    wanted = Words("Codes à usage unique, sur un téléphone ?", "One-time codes, on a telephone?")
    if not click.confirm(wanted.in_language(options.lang), default=False, err=True):
        return
    encryption = persons.encryption_of(settings)()
    address = start_totp(account.id, database=database, encryption=encryption, issuer=settings.firm.name)
    click.echo(address, err=True)
    code = asking.secret(asking.CODE, options)
    confirm_totp(account.id, code, database=database, encryption=encryption, clock=now, by=who())
    output.say(Words("codes en service", "codes are asked for from now on"), options)


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(_LONGEST).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(Words(f"{path} : illisible", f"{path}: cannot be read")) from error


def _asked(words: Words, options: Options) -> str:
    return question(words, options, default="")
