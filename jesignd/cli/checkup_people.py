"""Checkup people: the authority, the web program that answers for it, the providers of bought keys, and mail."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.cli.authorities import issuing_of
from jesignd.cli.findings import FINE, Finding, Grade
from jesignd.daemon.mailing import server_of
from jesignd.errors import JesignError, Words
from jesignd.flow.authority import ISSUING_KEY
from jesignd.flow.bought import offered
from jesignd.mail.send import NotSent, greet
from jesignd.pades.revocation import is_published
from jesignd.pki.profiles import Addresses
from jesignd.settings.model.providers import CscProvider
from jesignd.store import outbox, revocation
from jesignd.store.database import Database

if TYPE_CHECKING:
    from jesignd.domain.jobs import Transaction
    from jesignd.settings.settings import Settings
    from jesignd.store.revocation import KnownAuthority

_SOON = datetime.timedelta(days=1)
_ROOT_SOON = datetime.timedelta(days=30)
_LONG = datetime.timedelta(hours=1)


def pki(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    """The issuing key opens, its lists are fresh, and whoever checks a certificate finds them."""
    configured = settings.configuration.pki
    if configured is None:
        return
    if not (Path(configured.directory) / ISSUING_KEY).exists():
        told = Words("autorité pas encore créée", "authority not made yet")
        yield Finding(
            "pki", "authority", Grade.WARNING, told, Words("jesignd authority init", "jesignd authority init")
        )
        return
    try:
        issuing = issuing_of(settings)
    except JesignError as error:
        yield Finding("pki", "key", Grade.ERROR, error.message, error.hint)
        return
    yield Finding("pki", "key", Grade.OK, Words("la clé d’émission s’ouvre", "the issuing key opens"))
    for one in _authorities(settings):
        yield _list(one, now)
    yield _published(Addresses(configured.public_url).crl(issuing.authority.id))


def mail(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    """The server greets, encrypts and lets us in; nothing is sent."""
    configured = settings.configuration.mail
    if configured is None:
        told = Words("aucun serveur : les avis restent dans « status »", "no server: notices stay in `status`")
        yield Finding("mail", "server", Grade.WARNING, told, Words("renseignez `mail`", "set `mail`"))
        return
    try:
        greet(server_of(configured))
    except NotSent as error:
        told = Words(f"ne nous prend pas ({error.trouble})", f"does not take us ({error.trouble})")
        yield Finding("mail", configured.host, Grade.ERROR, told, _mail_remedy(error.trouble))
    except JesignError as error:
        yield Finding("mail", configured.host, Grade.ERROR, error.message, error.hint)
    else:
        yield Finding("mail", configured.host, Grade.OK, Words("répond et nous prend", "answers and takes us"))
    yield from _waiting(settings, now)


def providers(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    """The services of trust providers take our token."""
    del now
    for name, provider in settings.configuration.providers.items():
        if not isinstance(provider, CscProvider):
            missing = not Path(provider.module).is_file()
            told = Words("bibliothèque absente", "library missing") if missing else FINE
            yield Finding("providers", name, Grade.ERROR if missing else Grade.OK, told)
            continue
        try:
            count = len(offered(name, settings.configuration.providers))
        except JesignError as error:
            yield Finding("providers", name, Grade.ERROR, error.message, error.hint)
        else:
            yield Finding("providers", name, Grade.OK, Words(f"répond ; clés : {count}", f"answers; keys: {count}"))


@contextmanager
def _reading(settings: Settings) -> Iterator[Transaction | None]:
    """The store, or None where there is none yet: looking makes nothing."""
    url = settings.database_url()
    path = url.removeprefix("sqlite:///")
    if path != url and not Path(path).is_file():
        yield None
        return
    database = Database.open(url)
    try:
        with database.reading() as transaction:
            yield transaction
    finally:
        database.close()


def _authorities(settings: Settings) -> list[KnownAuthority]:
    with _reading(settings) as transaction:
        return revocation.list_authorities(transaction) if transaction is not None else []


def _list(one: KnownAuthority, now: datetime.datetime) -> Finding:
    root = one.issuer is None
    remedy = (
        Words("sortez la racine : jesignd authority root-list", "bring the root out: jesignd authority root-list")
        if root
        else Words(
            "lancez le service, ou jesignd certificate publish", "start the daemon, or jesignd certificate publish"
        )
    )
    if one.crl_until is None or one.crl_until <= now:
        told = Words("liste de révocation absente ou périmée", "revocation list missing or too old")
        return Finding("pki", one.id, Grade.ERROR, told, remedy)
    on = f"{one.crl_until:%d/%m/%Y}"
    told = Words(f"liste de révocation valable jusqu’au {on}", f"revocation list good until {on}")
    soon = one.crl_until - now < (_ROOT_SOON if root else _SOON)
    return Finding("pki", one.id, Grade.WARNING if soon else Grade.OK, told, remedy if soon else None)


def _published(url: str) -> Finding:
    """What people elsewhere will see; it may not be reachable from this machine, so it is a warning only."""
    if is_published(url):
        return Finding("pki", url, Grade.OK, Words("la liste est publiée", "the list is published"))
    told = Words("la liste ne se lit pas à son adresse publique", "the list cannot be read at its public address")
    remedy = Words("lancez jesignd web, et le serveur mandataire", "start jesignd web, and the proxy in front of it")
    return Finding("pki", url, Grade.WARNING, told, remedy)


def _mail_remedy(trouble: str) -> Words:
    if trouble == "certificate":
        return Words("vérifiez le nom, ou donnez `anchor`", "check the name, or give `anchor`")
    if trouble == "535":
        return Words("vérifiez `user` et `password`", "check `user` and `password`")
    return Words("vérifiez `host`, `port` et `security`", "check `host`, `port` and `security`")


def _waiting(settings: Settings, now: datetime.datetime) -> Iterator[Finding]:
    with _reading(settings) as transaction:
        if transaction is None:
            return
        found = outbox.waiting(transaction)
    if found.oldest is not None and now - found.oldest > _LONG:
        told = Words(f"messages en attente : {found.letters}", f"letters waiting: {found.letters}")
        yield Finding("mail", "outbox", Grade.WARNING, told)
