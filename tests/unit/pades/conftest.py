"""What the tests of this room start from: an office with a seal, and papers to seal."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typst
from cryptography.hazmat.primitives.asymmetric import rsa

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Credential, Mark, Placement, Rung, SealProfile
from jesignd.pades.cms import CmsTemplate, template
from jesignd.pades.credentials import Pkcs12Key, open_credential
from jesignd.pades.seal import compile_profile, seal
from jesignd.pades.trust import Endpoint, TimestampClient
from jesignd.testing.authority import Authority, make_authority
from jesignd.testing.timestamp_server import TimestampServer, timestamp_server

if TYPE_CHECKING:
    from jesignd.pades.security_store import RevocationMaterial

NOW = datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Office:
    """A firm that can seal."""

    authority: Authority
    credential: Credential
    profile: SealProfile = field(
        default=SealProfile("bulletins", "Cabinet Éléonore & Associés", "cachet", PadesLevel.B_B, Mark())
    )

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return (self.authority.root.der,)

    def seal(
        self,
        data: bytes,
        *,
        placement: Placement | None = None,
        rung: Rung = Rung.STRICT,
        timestamp: Callable[[bytes], bytes] | None = None,
        revocation: RevocationMaterial | None = None,
        at: datetime.datetime = NOW,
        **changes: object,
    ) -> bytes:
        profile = replace(self.profile, **changes)
        compiled = compile_profile(profile, certificate=self.credential.certificate, chain=self.credential.chain)
        return seal(
            data,
            compiled,
            placement=placement,
            rung=rung,
            at=at,
            sign=self.credential.sign,
            timestamp=timestamp,
            revocation=revocation,
        )


@pytest.fixture(scope="session")
def authority() -> Authority:
    return make_authority()


@pytest.fixture(scope="session")
def office(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Office:
    path = tmp_path_factory.mktemp("keys") / "seal.p12"
    path.write_bytes(authority.seal.pkcs12(b"secret", (authority.issuing, authority.root)))
    return Office(authority, open_credential(Pkcs12Key(path, b"secret")))


@pytest.fixture(scope="session")
def rsa_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    authority = make_authority(seal_key=rsa.generate_private_key(65537, 3072))
    path = tmp_path_factory.mktemp("keys") / "rsa.p12"
    path.write_bytes(authority.seal.pkcs12(None, (authority.issuing,)))
    return Office(authority, open_credential(Pkcs12Key(path)))


@pytest.fixture(scope="session")
def office_template(office: Office) -> tuple[CmsTemplate, Callable[[bytes], bytes]]:
    return template(office.credential.certificate, office.credential.chain), office.credential.sign


@pytest.fixture(scope="session")
def payslip() -> bytes:
    """One page, PDF 1.7 with a cross-reference stream and object streams."""
    return _typeset(b'#set page("a4")\nBulletin de paie #lorem(200)', [])


@pytest.fixture(scope="session")
def archival_payslip() -> bytes:
    """One page, PDF/A-1b with a classic cross-reference table."""
    return _typeset(b'#set page("a4")\nBulletin de paie #lorem(200)', ["a-1b"])


@pytest.fixture(scope="session")
def booklet() -> bytes:
    """Twelve pages."""
    return _typeset(b'#set page("a5")\n#for i in range(12) [Page #i #pagebreak(weak: true)]', [])


@pytest.fixture
def timestamps(authority: Authority) -> Iterator[TimestampServer]:
    with timestamp_server(authority.timestamp, (authority.issuing,)) as server:
        yield server


@pytest.fixture
def client_of() -> Iterator[Callable[..., TimestampClient]]:
    """Makes clients of these endpoints, and lets their connections go when the test is over."""
    made: list[TimestampClient] = []

    def make(*endpoints: Endpoint) -> TimestampClient:
        made.append(TimestampClient(endpoints))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def crl_files(authority: Authority, tmp_path: Path) -> tuple[Path, ...]:
    paths = (tmp_path / "root.crl", tmp_path / "issuing.crl")
    for path, crl in zip(paths, authority.crls, strict=True):
        path.write_bytes(crl)
    return paths


def _typeset(source: bytes, standards: list[str]) -> bytes:
    drawn = typst.compile(source, format="pdf", pdf_standards=standards)
    assert isinstance(drawn, bytes)
    return drawn
