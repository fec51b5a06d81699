"""Keys: an authority's own, P-256, in a PKCS#12 file that only its passphrase opens; never written in clear."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from jesignd.errors import CredentialError, Words

SHORTEST_PASSPHRASE = 16
_ROUNDS = 600_000
"""Of PBKDF2 with SHA-256: PKCS#12 knows nothing better, so the passphrase must not be a PIN."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    """What is certified: DER SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def seal_file(
    key: ec.EllipticCurvePrivateKey,
    certificate: bytes,
    *,
    chain: Sequence[bytes],
    passphrase: bytes,
) -> bytes:
    """Key, certificate and chain (DER) as one PKCS#12 file.

    Raises:
        CredentialError: the passphrase is too short.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise CredentialError(
            Words(
                f"phrase de passe refusée : {SHORTEST_PASSPHRASE} caractères au moins",
                f"passphrase refused: at least {SHORTEST_PASSPHRASE} characters",
            ),
            hint=Words("openssl rand -base64 32", "openssl rand -base64 32"),
        )
    own, *above = (x509.load_der_x509_certificate(one) for one in (certificate, *chain))
    return pkcs12.serialize_key_and_certificates(b"jesignd", key, own, above, _encryption(passphrase))


def open_file(
    data: bytes, passphrase: bytes
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    """Key, certificate and chain of such a file.

    Raises:
        CredentialError: another passphrase, or no such file.
    """
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, passphrase)
    except ValueError as error:
        raise _closed() from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate is None:
        raise _closed()
    return key, certificate, tuple(chain)


def _encryption(passphrase: bytes) -> KeySerializationEncryption:
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase)
    )


def _closed() -> CredentialError:
    return CredentialError(
        Words("la clé de l’autorité ne s’ouvre pas", "the authority’s key does not open"),
        hint=Words(
            "vérifiez sa phrase de passe : `pki: {passphrase: …}`", "check its passphrase: `pki: {passphrase: …}`"
        ),
    )
