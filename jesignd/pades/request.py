"""Request: a new key for the firm's seal, and the request by which a trust provider issues its certificate.

The provider decides the certificate's profile; the request only says for whom (ETSI EN 319 412-3, clause 4.2.1).
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LONGEST_NAME = 64
"""Characters of a common name (RFC 5280, appendix A.1)."""


def new_key(passphrase: bytes) -> bytes:
    """An ECDSA P-256 key as PKCS#8 PEM, encrypted."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )


def certificate_request(key: bytes, passphrase: bytes, *, firm: str, siren: str) -> bytes:
    """The request (PKCS#10, PEM) for a seal certificate in the firm's name, signed by its key.

    Raises:
        ValueError: the key is not one, or the passphrase is not its own.
    """
    private = serialization.load_pem_private_key(key, passphrase)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError("not an elliptic curve key")
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, firm[:_LONGEST_NAME]),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRFR-{siren}"),
            x509.NameAttribute(NameOID.COMMON_NAME, firm[:_LONGEST_NAME]),
        ]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(private, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM)
