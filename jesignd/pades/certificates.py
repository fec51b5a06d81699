"""Certificates: which certificate may seal today, which chain stands above it, and when it must be renewed.

Floors follow ETSI TS 119 312 and what the European validation software calls reliable: ECDSA P-256 or P-384, RSA from
3072 bits, no SHA-1.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from jesignd.errors import CredentialError, Words

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

MINIMUM_RSA_BITS = 3072
_CURVES = ("secp256r1", "secp384r1")
_WEAK_HASHES = (hashes.SHA1, hashes.MD5)
_RENEWAL_DAYS = (90, 30, 7)


def load(certificate: bytes) -> x509.Certificate:
    """The certificate, read from DER or PEM.

    Raises:
        CredentialError: it is neither.
    """
    try:
        if certificate.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificate(certificate)
        return x509.load_der_x509_certificate(certificate)
    except ValueError as error:
        raise CredentialError(
            Words("ce n’est pas un certificat X.509 lisible", "this is not a readable X.509 certificate")
        ) from error


def der(certificate: x509.Certificate) -> bytes:
    """The certificate as DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def common_name(name: x509.Name) -> str:
    """What people call the holder: the common name, or else the whole name."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def order_chain(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Those of the others that stand above the certificate, its issuer first; strangers are left out."""
    remaining = list(others)
    chain: list[x509.Certificate] = []
    below = certificate
    while below.issuer != below.subject:
        above = next((candidate for candidate in remaining if issued(candidate, below)), None)
        if above is None:
            break
        remaining.remove(above)
        chain.append(above)
        below = above
    return tuple(chain)


def require_usable(
    certificate: x509.Certificate, chain: Sequence[x509.Certificate], *, now: datetime.datetime
) -> PublicKey:
    """The public key of a certificate that may seal at this instant.

    Raises:
        CredentialError: too weak, expired, not yet valid, not meant for signing, or signed with SHA-1.
    """
    key = require_strong_key(certificate)
    require_within((certificate.not_valid_before_utc, certificate.not_valid_after_utc), now)
    _require_signing_usage(certificate)
    for one in (certificate, *chain):
        if one.issuer != one.subject and isinstance(one.signature_hash_algorithm, _WEAK_HASHES):
            raise _refused(
                f"le certificat « {common_name(one.subject)} » est signé avec SHA-1 ou MD5",
                f"the certificate “{common_name(one.subject)}” is signed with SHA-1 or MD5",
            )
    return key


def require_strong_key(certificate: x509.Certificate) -> PublicKey:
    """The public key, when its kind and size are still held to be reliable.

    Raises:
        CredentialError: RSA under 3072 bits, another curve than P-256 and P-384, another kind.
    """
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < MINIMUM_RSA_BITS:
            raise _refused(
                f"la clé RSA de {key.key_size} bits n’est plus jugée fiable (ETSI TS 119 312)",
                f"an RSA key of {key.key_size} bits is no longer held to be reliable (ETSI TS 119 312)",
            )
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return key
    raise _refused("le type de clé n’est pas accepté", "the kind of key is not accepted")


def verify_signature(public: PublicKey, *, signature: bytes, data: bytes) -> None:
    """Return when the signature over the data's SHA-256 is this key's; InvalidSignature otherwise."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    else:
        public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


def validity(certificate: bytes) -> tuple[datetime.datetime, datetime.datetime]:
    """The first and the last instant at which this certificate (DER) is valid."""
    loaded = load(certificate)
    return loaded.not_valid_before_utc, loaded.not_valid_after_utc


def require_within(period: tuple[datetime.datetime, datetime.datetime], now: datetime.datetime) -> None:
    """Return when the certificate whose period this is is valid now.

    Raises:
        CredentialError: it is not yet, or no longer.
    """
    first, last = period
    if now < first:
        on = first.date()
        raise _refused(f"il n’est valable qu’à partir du {on:%d/%m/%Y}", f"it is not valid before {on.isoformat()}")
    if now > last:
        on = last.date()
        raise _refused(f"il a expiré le {on:%d/%m/%Y}", f"it expired on {on.isoformat()}")


def renewal_warnings(certificate: x509.Certificate, *, now: datetime.datetime) -> tuple[Words, ...]:
    """What the operator should hear about the certificate's end: from 90 days before, louder at 30 and 7."""
    left = (certificate.not_valid_after_utc - now).days
    if left > _RENEWAL_DAYS[0]:
        return ()
    name = common_name(certificate.subject)
    urgency = ("", "")
    if left <= _RENEWAL_DAYS[2]:
        urgency = (" : plus rien ne sera scellé ensuite", ": nothing will be sealed after that")
    elif left <= _RENEWAL_DAYS[1]:
        urgency = (" : renouvelez-le maintenant", ": renew it now")
    return (
        Words(
            f"le certificat « {name} » expire dans {left} jours{urgency[0]}",
            f"the certificate “{name}” expires in {left} days{urgency[1]}",
        ),
    )


def _require_signing_usage(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        usage = None
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise _refused(
            "son usage de clé ne permet pas de signer (digitalSignature ou nonRepudiation)",
            "its key usage does not allow signing (digitalSignature or nonRepudiation)",
        )


def issued(issuer: x509.Certificate, below: x509.Certificate) -> bool:
    """Whether the issuer signed the certificate below it."""
    if issuer.subject != below.issuer:
        return False
    try:
        below.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _refused(french: str, english: str) -> CredentialError:
    return CredentialError(
        Words(f"ce certificat ne peut pas sceller : {french}", f"this certificate may not seal: {english}"),
        hint=Words(
            "demandez à votre prestataire un certificat de cachet en cours de validité, sur clé ECDSA P-256 "
            "ou RSA d’au moins 3072 bits",
            "ask your provider for a current seal certificate on an ECDSA P-256 key or RSA of at least 3072 bits",
        ),
    )
