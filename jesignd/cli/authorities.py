"""Authorities: the firm's own authority, as commands open it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.cli.access import now
from jesignd.errors import CredentialError, Words
from jesignd.settings.secrets import resolve

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.flow.authority import Issuing
    from jesignd.settings.settings import Settings
    from jesignd.store.database import Database


def issuing_of(settings: Settings) -> Issuing:
    """The issuing authority, its key open.

    Raises:
        SettingsError: the firm has none.
        CredentialError: it does not open.
    """
    from jesignd.flow.authority import open_issuing
    from jesignd.pki.profiles import Addresses

    pki = settings.pki
    addresses = Addresses(pki.public_url)
    return open_issuing(Path(pki.directory), resolve(pki.passphrase), addresses=addresses, years=pki.years)


def publish_now(settings: Settings, options: Options, *, database: Database) -> None:
    """Publish a revocation at once where this account can open the authority's key; the daemon does it otherwise."""
    from jesignd.cli import output
    from jesignd.flow.revocation import publish

    try:
        publish(issuing_of(settings).authority, database=database, clock=now)
    except CredentialError:
        output.say(Words("le service publie dans la minute", "the daemon publishes within a minute"), options)
