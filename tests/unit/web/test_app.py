from __future__ import annotations

import base64
import datetime
import os
import subprocess
import sys
import urllib.parse
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from jesignd.web import ocsp as desk
from jesignd.web.headers import STRICT

if TYPE_CHECKING:
    from conftest import House


def request(house: House, der: bytes, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    certificate = x509.load_der_x509_certificate(der)
    issuer = house.issuing.authority.certificate
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, algorithm or hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def status(answer: bytes) -> ocsp.OCSPResponseStatus:
    return ocsp.load_der_ocsp_response(answer).response_status


def test_openssl_hears_good_then_revoked(house: House) -> None:
    key = house.issues()
    house.publishes()
    good = house.openssl_asks(house.pem(key))
    assert "Response verify OK" in good.stderr
    assert f"{house.pem(key)}: good" in good.stdout
    house.revokes(key)
    house.publishes()
    revoked = house.openssl_asks(house.pem(key))
    assert "Response verify OK" in revoked.stderr
    assert f"{house.pem(key)}: revoked" in revoked.stdout
    assert "keyCompromise" in revoked.stdout


def test_openssl_hears_the_same_by_sha256_and_whatever_nonce_it_sends(house: House) -> None:
    key = house.issues()
    house.publishes()
    for nonce in ("-nonce", "-no_nonce"):
        answer = house.openssl_asks(house.pem(key), nonce)
        assert "good" in answer.stdout, answer.stderr
    by_sha256 = house.asks("/ocsp", request(house, key.issued.der, hashes.SHA256()))
    assert ocsp.load_der_ocsp_response(by_sha256.body).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_a_certificate_never_issued_is_answered_unauthorized(house: House) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    at = datetime.datetime.now(datetime.UTC)
    forged = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(house.issuing.authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = house.root / "forged.pem"
    path.write_bytes(forged.public_bytes(Encoding.PEM))
    answer = house.openssl_asks(path)
    assert "unauthorized (6)" in answer.stdout + answer.stderr


def test_another_issuers_certificate_with_the_same_number_is_not_answered_for(house: House) -> None:
    key = house.issues()
    house.publishes()
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        b"n" * 20,
        b"k" * 20,
        int(key.issued.serial, 16),
        hashes.SHA1(),  # noqa: S303
    )
    answer = house.asks("/ocsp", builder.build().public_bytes(Encoding.DER))
    assert status(answer.body) is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_a_get_is_answered_like_a_post_and_may_be_cached(house: House) -> None:
    key = house.issues()
    house.publishes()
    asked = request(house, key.issued.der)
    path = urllib.parse.quote(base64.b64encode(asked).decode(), safe="")
    got, posted = house.asks(f"/ocsp/{path}"), house.asks("/ocsp", asked)
    assert got.body == posted.body
    assert got.headers["Content-Type"] == "application/ocsp-response"
    assert got.headers["Cache-Control"].startswith("public, max-age=3600")


@pytest.mark.parametrize("body", [b"", b"nonsense", b"0\x80", os.urandom(200)])
def test_what_is_no_request_is_told_so(house: House, body: bytes) -> None:
    answer = house.asks("/ocsp", body)
    assert answer.status == 200
    assert status(answer.body) is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_get_that_is_no_base64_is_malformed(house: House) -> None:
    assert status(house.asks("/ocsp/%2e%2e/%2e%2e").body) is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_long_request_is_refused(house: House) -> None:
    assert house.asks("/ocsp", bytes(desk.LONGEST_REQUEST + 1)).status == 413
    assert house.asks("/ocsp/" + "A" * (desk.LONGEST_REQUEST + 1)).status == 414


def test_an_answer_past_its_time_is_not_given(house: House) -> None:
    key = house.issues()
    early = datetime.datetime.now(datetime.UTC)
    house.publishes(lambda: early)
    later = early + datetime.timedelta(days=5)
    asked = request(house, key.issued.der)
    found = desk.answer(asked, database=house.database, at=later)
    assert isinstance(found, bytes)
    assert status(found) is ocsp.OCSPResponseStatus.TRY_LATER


def test_the_list_is_where_the_certificate_says(house: House) -> None:
    key = house.issues()
    house.revokes(key)
    house.publishes()
    certificate = x509.load_der_x509_certificate(key.issued.der)
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    (place,) = point.full_name or ()
    answer = house.asks(place.value.removeprefix(house.url))
    assert answer.headers["Content-Type"] == "application/pkix-crl"
    found = x509.load_der_x509_crl(answer.body)
    assert found.is_signature_valid(house.issuing.authority.certificate.public_key())
    assert found.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def test_the_issuer_is_where_the_certificate_says(house: House) -> None:
    answer = house.asks(f"/ca/{house.issuing.authority.id}.cer")
    assert answer.body == house.issuing.authority.der


def test_every_response_carries_strict_headers(house: House) -> None:
    for path in ("/healthz", "/nowhere", "/crl/../../etc/passwd.crl", "/crl/nobody.crl", "/ocsp"):
        answer = house.asks(path)
        for name, value in STRICT.items():
            assert answer.headers[name] == value, (path, name)
        assert answer.headers["Server"] is None


def test_what_is_not_there_is_not_found(house: House) -> None:
    assert house.asks("/crl/nobody.crl").status == 404
    assert house.asks("/ca/nobody.cer").status == 404
    assert house.asks("/").status == 404
    assert house.asks("/ocsp", method="DELETE").status == 405


def test_the_program_has_no_reader_of_pdf_no_signer_and_no_plugin_in_memory() -> None:
    rooms = ("pades", "pdf", "pki", "plugin", "jobs", "intake", "confined")
    foreign = ("pyhanko", "pikepdf", "pypdfium2", "pluggy", "dbos", *(f"jesignd.{room}" for room in rooms))
    code = (
        "import sys; import jesignd.cli.web, jesignd.cli.access, jesignd.daemon.logs, jesignd.web.serve;"
        f"sys.exit(' '.join(name for name in {foreign!r} if name in sys.modules) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_the_running_program_has_opened_no_key(house: House) -> None:
    opened = {os.readlink(f"/proc/{house.program.pid}/fd/{one}") for one in os.listdir(f"/proc/{house.program.pid}/fd")}
    assert not [name for name in opened if name.endswith((".p12", ".pem", ".key"))]
