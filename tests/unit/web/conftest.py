"""A running web program before a store in which an authority issued and revoked."""

from __future__ import annotations

import datetime
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from jesignd.domain.certificates import Reason
from jesignd.domain.people import Firm
from jesignd.flow import people
from jesignd.flow.authority import Issuing, Owner
from jesignd.flow.certificates import SealKey, issue_seal
from jesignd.flow.revocation import publish
from jesignd.flow.revoke import revoke
from jesignd.pki import authority as pki
from jesignd.pki.authority import Period
from jesignd.pki.profiles import Addresses
from jesignd.store import revocation
from jesignd.store.database import Database
from jesignd.store.revocation import Signed

PASSPHRASE = b"une phrase de passe pour les cachets"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Message
    body: bytes


@dataclass
class House:
    """A store, its authority, and the program that speaks for it."""

    root: Path
    database: Database
    issuing: Issuing
    firm: Firm
    program: subprocess.Popen[bytes]
    url: str

    def issues(self) -> SealKey:
        return issue_seal(
            self.firm,
            issuing=self.issuing,
            passphrase=PASSPHRASE,
            demonstration=False,
            database=self.database,
            clock=now,
        )

    def revokes(self, key: SealKey) -> None:
        revoke(key.issued, Reason.KEY_COMPROMISE, by="test", database=self.database, clock=now)

    def publishes(self, clock=now) -> None:
        publish(self.issuing.authority, database=self.database, clock=clock)

    def asks(self, path: str, body: bytes | None = None, method: str | None = None) -> Answered:
        request = urllib.request.Request(f"{self.url}{path}", data=body, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return Answered(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answered(error.code, error.headers, error.read())

    def pem(self, key: SealKey) -> Path:
        path = self.root / f"{key.issued.serial}.pem"
        path.write_bytes(x509.load_der_x509_certificate(key.issued.der).public_bytes(Encoding.PEM))
        return path

    def openssl_asks(self, certificate: Path, *more: str) -> subprocess.CompletedProcess[str]:
        issuer, root = self.root / "issuing.pem", self.root / "root.pem"
        given = ["-issuer", issuer, "-cert", certificate, "-CAfile", root, "-verify_other", issuer]
        return subprocess.run(
            ["openssl", "ocsp", "-url", f"{self.url}/ocsp", *map(str, given), *more],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    root = tmp_path_factory.mktemp("web")
    (root / "etat").mkdir(mode=0o700)
    port = free_port()
    config = root / "jesignd.yaml"
    config.write_text(
        f"version: 1\nfirm: {{name: Cabinet Équerre, siren: '732829320'}}\nstorage: {{state: {root}/etat}}\n"
        f"web: {{listen: 127.0.0.1:{port}}}\n",
        encoding="utf-8",
    )
    config.chmod(0o600)
    database = Database.open(f"sqlite:///{root}/etat/jesignd.db")
    url = f"http://127.0.0.1:{port}"
    issuing = authority(database, root, url)
    firm = people.add_firm("Cabinet Équerre", "732829320", database=database, clock=now, by="test")
    log = (root / "web.log").open("wb")
    program = subprocess.Popen([sys.executable, "-m", "jesignd", "-c", str(config), "web"], stdout=log, stderr=log)
    log.close()
    house = House(root, database, issuing, firm, program, url)
    try:
        wait_for(house)
        yield house
    finally:
        program.terminate()
        assert program.wait(timeout=30) in {0, -15, 143}
        database.close()


def authority(database: Database, root: Path, url: str) -> Issuing:
    owner, addresses = Owner("Cabinet Équerre", "732829320"), Addresses(url)
    above = pki.make_root(owner.named("Autorité racine"), at=now())
    below = pki.make_issuing(above, owner.named("Autorité d’émission"), at=now(), addresses=addresses)
    with database.transaction() as transaction:
        revocation.add_authority(transaction, above.id, above.der, issuer=None, at=now())
        revocation.add_authority(transaction, below.id, below.der, issuer=above.id, at=now())
    period = Period.lasting(now(), datetime.timedelta(days=400))
    crl = pki.revocation_list(above, (), number=1, period=period)
    with database.transaction() as transaction:
        revocation.publish_list(transaction, above.id, Signed(crl, period.begins, period.ends), number=1)
    (root / "root.pem").write_bytes(above.pem)
    (root / "issuing.pem").write_bytes(below.pem)
    return Issuing(below, addresses)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(house: House) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            assert house.asks("/healthz").status == 200
        except urllib.error.URLError:
            assert house.program.poll() is None, (house.root / "web.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
