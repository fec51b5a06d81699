"""Database: one SQLite file, or one PostgreSQL server, behind the same transactions.

There is one writer at a time on both: `BEGIN IMMEDIATE` there, an advisory lock here. What was reasoned out on one
holds on the other, nothing deadlocks, and a commit carries a batch of 64, so that waiting for one's turn costs little.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
import sqlalchemy.exc

from jesignd.domain.jobs import Transaction
from jesignd.errors import SettingsError, Words
from jesignd.store import upgrade
from jesignd.store.failures import is_busy, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

log = logging.getLogger(__name__)

_BUSY_MILLISECONDS = 10_000
_BEGIN_TRIES = 6
"""A foreign lock of 45 s (a backup tool, an SQLite browser) has been seen; a minute rides it out."""

_CLOSING_SECONDS = 2.0

_WRITER = 0x6A657369
"""Number of the PostgreSQL advisory lock that only the writing transaction holds."""


class Database:
    """An open database whose tables are those of `schema`. Safe to use from several threads."""

    def __init__(self, url: sa.URL, writer: sa.Engine, reader: sa.Engine) -> None:
        self._url = url
        self._writer = writer
        self._reader = reader
        self._jobs: sa.Engine | None = None
        self._listeners: list[Callable[[Transaction], None]] = []

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect, creating what is missing and bringing an older schema up to date.

        Raises:
            SettingsError: the address is no database of ours, or a newer jesignd has been here.
            ServiceError: the server or the disk did not do its part.
        """
        parsed = _parse(url)
        if parsed.get_backend_name() == "sqlite":
            _create_private_file(parsed)
            database = cls(parsed, _sqlite_writer(parsed), _sqlite_reader(parsed))
        else:
            database = cls(parsed, _postgresql_writer(parsed), _postgresql_reader(parsed))
        try:
            with database.transaction() as transaction:
                upgrade.to_newest(connection(transaction))
        except BaseException:
            database.close()
            raise
        log.debug("opened database backend=%s version=%s", parsed.get_backend_name(), database.version)
        return database

    @property
    def version(self) -> str:
        """The version of what stores, for `doctor`: SQLite before 3.51.3 may, very rarely, damage a file in use."""
        return ".".join(map(str, self._writer.dialect.server_version_info or ()))

    @property
    def url(self) -> str:
        """The address, password included: never for a log."""
        return self._url.render_as_string(hide_password=False)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything done inside, or nothing; nobody else writes meanwhile, so it must be short.

        Raises:
            ServiceError: disk full, read or write refused, still locked by others after a minute.
        """
        with translated():
            held = self._begin()
            transaction = Transaction(held)
            try:
                yield transaction
                held.commit()
            except BaseException:
                with suppress(sqlalchemy.exc.DBAPIError):
                    held.rollback()
                raise
            finally:
                held.close()
                for listener in self._listeners:
                    listener(transaction)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One consistent view of everything committed, which waits for nobody; writing in it fails."""
        with translated(), self._reader.connect() as held:
            yield Transaction(held)

    def on_end(self, listener: Callable[[Transaction], None]) -> None:
        """Call this after every writing transaction, committed or not; it must be quick and never raise."""
        self._listeners.append(listener)

    def engine_connections(self) -> object:
        """Connections to the same database for the job engine, which passes them to its own library.

        On SQLite its commits are not synced one by one: whatever it loses in a power cut, our stages still tell.
        """
        if self._jobs is None:
            sqlite = self._url.get_backend_name() == "sqlite"
            self._jobs = _sqlite_jobs(self._url) if sqlite else _postgresql(self._url)
        return self._jobs

    def close(self) -> None:
        """Close all connections, after waiting a moment for a thread that is just giving one back."""
        deadline = time.monotonic() + _CLOSING_SECONDS
        for engine in (self._writer, self._reader, self._jobs):
            if engine is not None:
                while _in_use(engine) and time.monotonic() < deadline:
                    time.sleep(0.01)
                engine.dispose()

    def _begin(self) -> sa.Connection:
        for tries_left in reversed(range(_BEGIN_TRIES)):
            held = self._writer.connect()
            try:
                held.begin()
            except BaseException as error:
                held.close()
                if not isinstance(error, sqlalchemy.exc.DBAPIError) or not tries_left or not is_busy(error):
                    raise
                log.warning("waited for database tries_left=%d", tries_left)
            else:
                return held
        raise AssertionError("the last try returns or raises")


def connection(transaction: Transaction) -> sa.Connection:
    """What the other modules of this room see in a transaction."""
    return cast("sa.Connection", transaction)


def _in_use(engine: sa.Engine) -> int:
    return engine.pool.checkedout() if isinstance(engine.pool, sa.QueuePool) else 0


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sqlalchemy.exc.ArgumentError as error:
        raise SettingsError(
            Words("L’adresse de la base de données est illisible.", "The database address cannot be read."),
            hint=_ADDRESSES,
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise SettingsError(
            Words(
                "La base de données n’est ni SQLite ni PostgreSQL.", "The database is neither SQLite nor PostgreSQL."
            ),
            hint=_ADDRESSES,
        )
    return parsed


_ADDRESSES = Words(
    "Écrivez sqlite:////chemin/jesignd.db ou postgresql+psycopg://compte@serveur/base.",
    "Write sqlite:////path/jesignd.db or postgresql+psycopg://account@server/base.",
)


def _create_private_file(url: sa.URL) -> None:
    """SQLite would create it readable by all; its `-wal` and `-shm` take the mode of the file."""
    path = Path(url.database or "")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        raise SettingsError(
            Words(
                f"Impossible d’ouvrir la base de données {path} : {error.strerror}.",
                f"Cannot open the database {path}: {error.strerror}.",
            ),
            hint=Words(
                "Créez le dossier d’état et donnez-le au compte du service.",
                "Create the state folder and give it to the account of the service.",
            ),
        ) from error


_FORGET = "secure_delete = FAST"
"""What is deleted is overwritten where its page is written anyway: a forgotten person leaves no trace in free space."""


def _sqlite(url: sa.URL, *pragmas: str) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=8, max_overflow=24)

    @sa.event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        for pragma in (f"busy_timeout = {_BUSY_MILLISECONDS}", "foreign_keys = ON", _FORGET, *pragmas):
            raw.execute(f"PRAGMA {pragma}")

    return engine


def _sqlite_writer(url: sa.URL) -> sa.Engine:
    engine = _sqlite(url, "synchronous = FULL")
    with translated(), engine.connect() as held:
        mode = held.exec_driver_sql("PRAGMA journal_mode = WAL").scalar_one()
    if mode != "wal":
        engine.dispose()
        raise SettingsError(
            Words(
                f"La base de données {url.database} est sur un disque qui n’accepte pas le journal WAL.",
                f"The database {url.database} lies on a disk that cannot keep a write-ahead log.",
            ),
            hint=Words("Placez-la sur un disque local.", "Put it on a local disk."),
        )

    @sa.event.listens_for(engine, "begin")
    def _begin(held: sa.Connection) -> None:
        held.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _sqlite_reader(url: sa.URL) -> sa.Engine:
    engine = _sqlite(url, "query_only = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(held: sa.Connection) -> None:
        held.exec_driver_sql("BEGIN")

    return engine


def _sqlite_jobs(url: sa.URL) -> sa.Engine:
    """As the engine's library sets its own connections up, but for `synchronous`."""
    engine = sa.create_engine(url, pool_size=8, max_overflow=24)

    @sa.event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout = 30000", "foreign_keys = ON", "synchronous = NORMAL"):
            raw.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql_writer(url: sa.URL) -> sa.Engine:
    engine = _postgresql(url)

    @sa.event.listens_for(engine, "begin")
    def _begin(held: sa.Connection) -> None:
        held.exec_driver_sql(f"SET LOCAL lock_timeout = {_BUSY_MILLISECONDS}")
        held.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")

    return engine


def _postgresql_reader(url: sa.URL) -> sa.Engine:
    engine = _postgresql(url, isolation_level="REPEATABLE READ")
    return engine.execution_options(postgresql_readonly=True)


def _postgresql(url: sa.URL, *, isolation_level: str = "READ COMMITTED") -> sa.Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24, isolation_level=isolation_level)
    except ModuleNotFoundError as error:
        raise SettingsError(
            Words("Le pilote PostgreSQL n’est pas installé.", "The PostgreSQL driver is not installed."),
            hint=Words(
                "Installez jesignd avec son complément : jesignd[postgresql].",
                "Install jesignd with its extra: jesignd[postgresql].",
            ),
        ) from error
