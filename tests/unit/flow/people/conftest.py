"""A firm with an accountant, and its store."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jesignd.identity.encryption import Encryption
from jesignd.store.database import Database
from jesignd.testing.authority import Authority, make_authority
from jesignd.testing.cabinet import START, Cabinet, Clock


@pytest.fixture(scope="session")
def authority() -> Authority:
    return make_authority(now=START - datetime.timedelta(days=400))


@pytest.fixture
def database() -> Iterator[Database]:
    """In memory where there is such a folder: thousands of small transactions are made here, none to be kept."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        opened = Database.open(f"sqlite:///{folder}/jesignd.db")
        yield opened
        opened.close()


@pytest.fixture
def cabinet(database: Database, authority: Authority) -> Cabinet:
    return Cabinet(database, Clock(), authority)


@pytest.fixture
def encryption() -> Encryption:
    return Encryption(b"s" * 48)
