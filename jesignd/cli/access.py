"""Access: the configuration, the store and the queue, as commands reach them beside a running daemon."""

from __future__ import annotations

import datetime
import getpass
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import CredentialError, NotFound, ServiceError, SettingsError, Words
from jesignd.settings.load import load
from jesignd.store import documents
from jesignd.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.cli.options import Options
    from jesignd.jobs.client import DbosClientEngine
    from jesignd.settings.settings import Settings


def settings(options: Options) -> Settings:
    """The configuration named on the command line.

    Raises:
        SettingsError: it cannot be used; every fault is in it.
    """
    return load(options.config)


@contextmanager
def opened(options: Options) -> Iterator[Database]:
    """The store of this configuration, for the time of one command.

    Raises:
        NotFound: no daemon has ever run on it.
    """
    found = settings(options)
    url = found.database_url()
    if url.startswith("sqlite:///") and not found.state.is_dir():
        raise NotFound(
            Words(f"rien encore dans {found.state}", f"nothing yet in {found.state}"),
            hint=Words("lancez d’abord le démon : jesignd run", "start the daemon first: jesignd run"),
        )
    database = Database.open(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def opened_if_any(options: Options) -> Iterator[Database | None]:
    """The store, for a command that can do without it; None where there is none yet, or whoever asks may not see it."""
    database = _open_if_any(settings(options))
    try:
        yield database
    finally:
        if database is not None:
            database.close()


def _open_if_any(found: Settings) -> Database | None:
    try:
        url = found.database_url()
        path = url.removeprefix("sqlite:///")
        return None if path != url and not Path(path).is_file() else Database.open(url)
    except (CredentialError, ServiceError, SettingsError):
        return None


@contextmanager
def queue(database: Database) -> Iterator[DbosClientEngine]:
    """Where a command promises work to whichever daemon runs, or will."""
    from jesignd.jobs.client import DbosClientEngine

    engine = DbosClientEngine(database)
    try:
        yield engine
    finally:
        engine.close()


def resume_for_rights(database: Database) -> int:
    """Have the documents that wait for a right or a mandate looked at again; how many. Cheap where none does."""
    from jesignd.flow.outcomes import RESUMED_BY_RIGHTS
    from jesignd.flow.release import resume

    with database.reading() as transaction:
        if not documents.held_for(transaction, RESUMED_BY_RIGHTS, limit=1):
            return 0
    with queue(database) as engine:
        return resume(RESUMED_BY_RIGHTS, database=database, engine=engine, clock=now)


def user() -> str:
    """Who types, for the journal."""
    return getpass.getuser()


def now() -> datetime.datetime:
    """The present, UTC."""
    return datetime.datetime.now(datetime.UTC)
