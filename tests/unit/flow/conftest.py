"""A line on a throw-away store, the firm's key, and children that seal, started once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from flow_line import Line
from flow_parts import NEUTRAL, CountingKey

from jesignd.confined import Pool
from jesignd.domain.sealing import Credential
from jesignd.flow.parallel import Spread
from jesignd.pades.credentials import PemKey, open_credential
from jesignd.plugin.supervising import Recogniser
from jesignd.store.database import Database
from jesignd.store.vault import Vault
from jesignd.testing.authority import Authority, make_authority
from jesignd.testing.timestamp_server import TimestampServer, timestamp_server


@pytest.fixture(scope="session")
def authority() -> Authority:
    return make_authority(firm_name="Cabinet Équerre")


@pytest.fixture(scope="session")
def firm_key(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Credential:
    place = tmp_path_factory.mktemp("cachet")
    (place / "cachet.pem").write_bytes(authority.seal.pem + authority.issuing.pem + authority.root.pem)
    (place / "cachet.key").write_bytes(authority.seal.key_pem())
    return open_credential(PemKey(place / "cachet.key", place / "cachet.pem"))


@pytest.fixture(scope="session")
def sealing_pool() -> Iterator[Pool]:
    pool = Pool(workers=1, warm=("jesignd.flow.sealing",))
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def neutral() -> Iterator[Recogniser]:
    recogniser = Recogniser((NEUTRAL,))
    yield recogniser
    recogniser.close()


@pytest.fixture
def line(tmp_path: Path, sealing_pool: Pool, neutral: Recogniser, firm_key: Credential) -> Iterator[Line]:
    database = Database.open(f"sqlite:///{tmp_path / 'jesignd.db'}")
    spread = Spread(1)
    line = Line(
        root=tmp_path,
        database=database,
        vault=Vault(tmp_path / "coffre"),
        pool=sealing_pool,
        spread=spread,
        recogniser=neutral,
        key=CountingKey(firm_key),
        now=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        failures=[],
    )
    line.top_up(1000)
    yield line
    for close in line.closing:
        close()
    spread.close()
    database.close()


@pytest.fixture
def timestamps(authority: Authority) -> Iterator[TimestampServer]:
    with timestamp_server(authority.timestamp, (authority.issuing,)) as server:
        yield server


@pytest.fixture
def crls(authority: Authority, tmp_path: Path) -> Path:
    """A folder with the revocation lists of both levels."""
    place = tmp_path / "crls"
    place.mkdir()
    for number, crl in enumerate(authority.crls):
        (place / f"{number}.crl").write_bytes(crl)
    return place
