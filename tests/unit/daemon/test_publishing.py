from __future__ import annotations

import datetime
import logging
from pathlib import Path

import pytest

from jesignd.daemon.publishing import Publishing
from jesignd.flow.authority import Owner, Passphrases, initialise
from jesignd.pki.profiles import Addresses
from jesignd.settings.model.keys import Secret
from jesignd.settings.model.pki import Pki
from jesignd.store import revocation
from jesignd.store.database import Database

PASSPHRASE = b"emission de tous les jours"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture
def database(tmp_path: Path):
    opened = Database.open(f"sqlite:///{tmp_path / 'jesignd.db'}")
    yield opened
    opened.close()


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    secret = tmp_path / "emission.secret"
    secret.touch(mode=0o600)
    secret.write_bytes(PASSPHRASE)
    where = {"directory": str(tmp_path / "pki"), "passphrase": Secret(file=str(secret))}
    return Pki(**where, public_url="http://pki.cabinet-equerre.fr")


@pytest.fixture
def made(pki: Pki, database: Database) -> str:
    return initialise(
        Path(pki.directory),
        Owner("Cabinet Équerre", "732829320"),
        passphrases=Passphrases(b"racine dans son coffre", PASSPHRASE),
        addresses=Addresses(pki.public_url),
        database=database,
        clock=now,
    ).issuing


def list_number(database: Database, authority: str) -> int:
    with database.reading() as transaction:
        known = revocation.find_authority(transaction, authority)
    assert known is not None
    return known.crl_number


def test_a_house_without_an_authority_publishes_nothing(pki: Pki, database: Database, caplog) -> None:
    publishing = Publishing(database, now)
    publishing.publish(None)
    publishing.publish(pki)
    assert caplog.records == []


def test_what_is_due_is_published_once(pki: Pki, database: Database, made: str) -> None:
    publishing = Publishing(database, now)
    publishing.publish(pki)
    publishing.publish(pki)
    assert list_number(database, made) == 1


class Told(logging.Handler):
    """What a logger of the test's own was told: what other tests of this process do to the real ones is no matter."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def told(monkeypatch) -> list[str]:
    handler, logger = Told(), logging.Logger("told")
    logger.addHandler(handler)
    monkeypatch.setitem(Publishing.publish.__globals__, "log", logger)
    return handler.lines


def test_a_key_that_does_not_open_is_told_and_survived(
    pki: Pki, database: Database, made: str, told: list[str]
) -> None:
    assert pki.passphrase.file is not None
    Path(pki.passphrase.file).write_bytes(b"une autre phrase de passe")
    publishing = Publishing(database, now)
    publishing.publish(pki)
    assert len(told) == 1
    assert "does not open" in told[0]
    assert "autre" not in told[0]
    Path(pki.passphrase.file).write_bytes(PASSPHRASE)
    publishing.publish(pki)
    assert list_number(database, made) == 1
