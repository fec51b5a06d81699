from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from jesignd.pades.request import certificate_request, new_key

SECRET = b"un secret que personne ne tape"


def test_the_request_names_the_firm_as_legal_persons_are_named_and_is_signed_by_its_key():
    key = new_key(SECRET)
    request = x509.load_pem_x509_csr(certificate_request(key, SECRET, firm="Cabinet Ménard", siren="123456782"))
    assert request.is_signature_valid
    assert isinstance(request.public_key(), ec.EllipticCurvePublicKey)
    assert request.public_key().curve.name == "secp256r1"
    assert {part.oid.dotted_string: part.value for part in request.subject} == {
        "2.5.4.6": "FR",
        "2.5.4.10": "Cabinet Ménard",
        "2.5.4.97": "NTRFR-123456782",
        "2.5.4.3": "Cabinet Ménard",
    }


def test_the_key_is_of_no_use_without_its_secret():
    key = new_key(SECRET)
    assert b"ENCRYPTED" in key
    with pytest.raises(ValueError):
        certificate_request(key, b"un autre", firm="Cabinet", siren="123456782")


def test_two_keys_are_never_the_same():
    assert new_key(SECRET) != new_key(SECRET)
