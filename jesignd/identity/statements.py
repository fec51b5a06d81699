"""Statements: declarations signed with a person's key, as compact JWS (RFC 7515) with the certificates inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from jesignd.domain.documents import Digest
from jesignd.errors import VerificationFailed, Words
from jesignd.identity.credentials import require_known_key

if TYPE_CHECKING:
    from jesignd.domain.statements import PersonalSigner

_HALF = 32
"""Bytes of each half of a P-256 signature in a JWS (RFC 7518, clause 3.4)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A declaration that was signed and read back. `digest` is SHA-256 of `text`, as every act under it cites it."""

    text: str
    digest: Digest
    payload: Mapping[str, Any]
    certificate: bytes
    """Of whoever signed it, DER."""


def make(payload: Mapping[str, object], signer: PersonalSigner) -> Statement:
    """Sign the declaration and read it back.

    Raises:
        CredentialError: the key is of a kind that has no name here.
        VerificationFailed: what was signed does not verify.
    """
    certificates = (signer.certificate, *signer.chain)
    header = {
        "alg": _algorithm(signer.certificate),
        "typ": str(payload["type"]),
        "x5c": [base64.b64encode(one).decode("ascii") for one in certificates],
    }
    protected = f"{_segment(_canonical(header))}.{_segment(_canonical(payload))}"
    signature = signer.sign(protected.encode("ascii"))
    if header["alg"] == "ES256":
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    return read(f"{protected}.{_segment(signature)}")


def read(text: str) -> Statement:
    """The declaration, its signature checked against the certificate it carries; whom to trust is asked elsewhere.

    Raises:
        VerificationFailed: it is no statement of this form, or it was changed.
    """
    try:
        first, second, third = text.split(".")
        header, payload = json.loads(_bytes(first)), json.loads(_bytes(second))
        certificate = base64.b64decode(header["x5c"][0], validate=True)
        _check(header["alg"], certificate, _bytes(third), f"{first}.{second}".encode("ascii"))
        return Statement(text, digest_of(text), payload, certificate)
    except (ValueError, KeyError, IndexError, TypeError, InvalidSignature) as error:
        raise VerificationFailed(
            Words("une délégation signée ne se vérifie pas", "a signed delegation does not verify"),
            hint=Words("elle a été modifiée : ne vous y fiez pas", "it was changed: do not rely on it"),
        ) from error


def digest_of(text: str) -> Digest:
    """SHA-256 of a statement."""
    return Digest(hashlib.sha256(text.encode("ascii")).hexdigest())


def _algorithm(certificate: bytes) -> str:
    return require_known_key(x509.load_der_x509_certificate(certificate))


def _check(algorithm: str, certificate: bytes, signature: bytes, data: bytes) -> None:
    if algorithm != _algorithm(certificate):
        raise ValueError(f"an algorithm that is not the key's: {algorithm}")
    key = x509.load_der_x509_certificate(certificate).public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        if len(signature) != 2 * _HALF:
            raise ValueError("a signature of another length")
        r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    else:
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


def _canonical(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(segment: str) -> bytes:
    return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
