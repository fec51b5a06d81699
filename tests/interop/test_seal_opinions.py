"""Poppler, OpenSSL, QPDF and MuPDF judge seals of every level."""

from __future__ import annotations

import datetime
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import typst
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Mark, Placement, Rung, SealProfile
from jesignd.pades.credentials import Pkcs12Key, open_credential
from jesignd.pades.revocation import RevocationClient, gather
from jesignd.pades.seal import compile_profile, seal
from jesignd.pades.trust import Endpoint, TimestampClient
from jesignd.testing.authority import Authority, make_authority
from jesignd.testing.timestamp_server import timestamp_server

PLACE = Placement(1, (36.0, 36.0, 211.75, 98.36), 0, 1.0, (36.0, 36.0, 211.75, 98.36))
KEYS: dict[str, Callable[[], ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey]] = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa3072": lambda: rsa.generate_private_key(65537, 3072),
}


@pytest.fixture(scope="module", params=KEYS)
def authority(request: pytest.FixtureRequest) -> Authority:
    return make_authority(seal_key=KEYS[request.param]())


@pytest.fixture(params=list(PadesLevel)[:3])
def sealed(authority: Authority, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A payslip sealed at each level, on disk."""
    (tmp_path / "key.p12").write_bytes(authority.seal.pkcs12(None, (authority.issuing, authority.root)))
    credential = open_credential(Pkcs12Key(tmp_path / "key.p12"))
    lists = [tmp_path / "root.crl", tmp_path / "issuing.crl"]
    for path, crl in zip(lists, authority.crls, strict=True):
        path.write_bytes(crl)
    profile = SealProfile("bulletins", "Cabinet Éléonore", "cachet", request.param, Mark(), demonstration=True)
    data = typst.compile(b"Bulletin de paie", format="pdf")
    with timestamp_server(authority.timestamp, (authority.issuing,)) as server:
        client = TimestampClient([Endpoint("Horodateur", server.url, 5.0, (authority.root.der,))])
        client.timestamp(bytes(32))
        material = gather(
            credential.certificate, credential.chain, others=client.certificates(), source=RevocationClient(files=lists)
        )
        written = seal(
            data,
            compile_profile(profile, certificate=credential.certificate, chain=credential.chain),
            placement=PLACE,
            rung=Rung.STRICT,
            at=datetime.datetime.now(datetime.UTC),
            sign=credential.sign,
            timestamp=None if request.param is PadesLevel.B_B else client.timestamp,
            revocation=material,
        )
        client.close()
    path = tmp_path / "bulletin.pdf"
    path.write_bytes(written)
    return path


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=30)


def test_poppler_finds_the_seal_valid_and_over_the_whole_file(sealed: Path, tool) -> None:
    told = run(tool("pdfsig"), "-nocert", sealed).stdout
    assert told.count("Signature Validation: Signature is Valid.") == 1
    assert told.count("Total document signed") == 1
    assert "ETSI.CAdES.detached" in told


def test_qpdf_finds_nothing_wrong_with_the_structure(sealed: Path, tool) -> None:
    done = run(tool("qpdf"), "--check", sealed)
    assert done.returncode == 0, done.stderr


def test_mupdf_finds_the_document_unchanged_since_it_was_sealed(sealed: Path, tool) -> None:
    told = run(tool("mutool"), "sign", "-v", sealed)
    assert "unchanged since signing" in told.stdout + told.stderr


def test_openssl_finds_a_cades_signature_under_the_root(sealed: Path, authority: Authority, tmp_path, tool) -> None:
    container, covered = _parts(sealed.read_bytes())
    (tmp_path / "seal.der").write_bytes(container)
    (tmp_path / "covered.bin").write_bytes(covered)
    (tmp_path / "root.pem").write_bytes(authority.root.pem)
    done = run(
        *(tool("openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "seal.der"),
        *("-content", tmp_path / "covered.bin", "-CAfile", tmp_path / "root.pem", "-purpose", "any", "-cades"),
        *("-out", "/dev/null"),
    )
    assert "CAdES Verification successful" in done.stderr


def test_openssl_finds_the_time_stamp_right_if_any(sealed: Path, authority: Authority, tmp_path, tool) -> None:
    container, _ = _parts(sealed.read_bytes())
    (signer,) = cms.ContentInfo.load(container)["content"]["signer_infos"]
    if not signer["unsigned_attrs"]:
        return
    (tmp_path / "value.bin").write_bytes(signer["signature"].native)
    (tmp_path / "token.der").write_bytes(signer["unsigned_attrs"][0]["values"][0].dump())
    (tmp_path / "root.pem").write_bytes(authority.root.pem)
    (tmp_path / "issuing.pem").write_bytes(authority.issuing.pem)
    done = run(
        *(tool("openssl"), "ts", "-verify", "-data", tmp_path / "value.bin", "-in", tmp_path / "token.der"),
        *("-token_in", "-CAfile", tmp_path / "root.pem", "-untrusted", tmp_path / "issuing.pem"),
    )
    assert "Verification: OK" in done.stdout + done.stderr


def test_poppler_sees_that_a_byte_was_changed(sealed: Path, tool) -> None:
    data = bytearray(sealed.read_bytes())
    data[30] ^= 1
    sealed.write_bytes(data)
    assert "Signature is Valid" not in run(tool("pdfsig"), "-nocert", sealed).stdout


def _parts(data: bytes) -> tuple[bytes, bytes]:
    first, second, rest = map(int, re.findall(rb"/ByteRange\s*\[0 (\d+) (\d+) (\d+)", data)[-1])
    value = bytes.fromhex(data[first + 1 : second - 1].decode())
    return cms.ContentInfo.load(value).dump(), data[:first] + data[second : second + rest]
