from __future__ import annotations

import datetime
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from jesignd.domain.levels import PadesLevel
from jesignd.domain.verdict import Outcome
from jesignd.errors import CredentialError, ServiceError
from jesignd.pades.readback import read_back
from jesignd.pades.trust import Endpoint, RevocationClient, gather
from jesignd.pades.verify import verify
from jesignd.testing.authority import Authority, crl, issue, key_usage, make_authority, subject

NOW = datetime.datetime.now(datetime.UTC)


class Lists:
    """A web server that hands out one revocation list and counts."""

    def __init__(self, content: bytes) -> None:
        self.content, self.asked = content, 0
        lists = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                lists.asked += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(lists.content)

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/list.crl"


@pytest.fixture
def lists(authority: Authority) -> Iterator[Lists]:
    server = Lists(authority.crls[1])
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


def test_the_list_of_the_right_issuer_is_given(authority: Authority, crl_files: tuple[Path, ...]) -> None:
    client = RevocationClient(files=crl_files)
    assert client.proofs(authority.seal.der, authority.issuing.der) == ((authority.crls[1],), ())
    assert client.proofs(authority.issuing.der, authority.root.der) == ((authority.crls[0],), ())


def test_a_revoked_seal_may_not_seal(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "revoked.crl"
    path.write_bytes(crl(authority.issuing, at=NOW, revoked=(authority.seal,)))
    with pytest.raises(CredentialError, match="revoked"):
        RevocationClient(files=(path,)).proofs(authority.seal.der, authority.issuing.der)


@pytest.mark.parametrize("wrong", ["stale", "future", "stranger", "junk", "absent"])
def test_a_list_that_proves_nothing_is_not_used(authority: Authority, tmp_path: Path, wrong: str) -> None:
    contents = {
        "stale": lambda: crl(authority.issuing, at=NOW - datetime.timedelta(days=60)),
        "future": lambda: crl(authority.issuing, at=NOW + datetime.timedelta(days=2)),
        "stranger": lambda: crl(replace(make_authority().issuing, certificate=authority.issuing.certificate), at=NOW),
        "junk": lambda: b"junk",
    }
    path = tmp_path / "list.crl"
    if wrong in contents:
        path.write_bytes(contents[wrong]())
    with pytest.raises(ServiceError, match="no current revocation list"):
        RevocationClient(files=(path,)).proofs(authority.seal.der, authority.issuing.der)


def test_a_list_is_fetched_once_for_many_documents(authority: Authority, lists: Lists) -> None:
    client = RevocationClient(urls=(lists.url,))
    for _ in range(5):
        client.proofs(authority.seal.der, authority.issuing.der)
    assert lists.asked == 1


def test_an_address_in_a_certificate_is_followed_for_our_own_chain_only(authority: Authority, lists: Lists) -> None:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(lists.url)], None, None, None)
    foreign = issue(
        subject("Fournisseur", organisation="Fournisseur"),
        issuer=authority.issuing,
        key=ec.generate_private_key(ec.SECP256R1()),
        at=NOW,
        extensions=((key_usage(content_commitment=True), True), (x509.CRLDistributionPoints([point]), False)),
    )
    with pytest.raises(ServiceError):
        RevocationClient().proofs(foreign.der, authority.issuing.der)
    assert lists.asked == 0
    assert RevocationClient(own_chain=(foreign.der,)).proofs(foreign.der, authority.issuing.der)
    assert lists.asked == 1


def test_a_long_term_seal_carries_its_proofs_inside_what_it_covers(
    office, payslip: bytes, timestamps, crl_files: tuple[Path, ...], client_of
) -> None:
    authority = office.authority
    stamps = client_of(Endpoint("Horodateur", timestamps.url, 2.0, (authority.root.der,)))
    stamps.timestamp(bytes(32))
    material = gather(
        authority.seal.der, authority.chain, others=stamps.certificates(), source=RevocationClient(files=crl_files)
    )
    assert set(material.crls) == set(authority.crls)
    sealed = office.seal(payslip, level=PadesLevel.B_LT, timestamp=stamps.timestamp, revocation=material)
    assert read_back(payslip, sealed, certificate=authority.seal.der)
    (found,) = verify(sealed, anchors=office.anchors, name="").signatures
    assert (found.outcome, found.pades_level) == (Outcome.VALID, PadesLevel.B_LT)
    assert found.covers_whole_file
    assert found.time_is_proven


def test_a_missing_proof_stops_the_gathering(authority: Authority, crl_files: tuple[Path, ...]) -> None:
    with pytest.raises(ServiceError):
        gather(authority.seal.der, authority.chain, source=RevocationClient(files=crl_files[:1]))
