"""Credentials: open the firm's key once, check it once, and sign with it as often as asked.

Loading an RSA key costs a hundred times more than signing with it, so a credential is opened when the daemon starts and
kept. Secrets appear in no representation, message or log.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from jesignd.domain.sealing import Credential
from jesignd.errors import CredentialError, Words
from jesignd.pades import certificates
from jesignd.pades.token import Pkcs11Key, open_token

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

__all__ = ["PemKey", "Pkcs11Key", "Pkcs12Key", "open_credential", "warnings"]


@dataclass(frozen=True, slots=True)
class Pkcs12Key:
    """A key, its certificate and its chain in one PKCS#12 file (`.p12`, `.pfx`)."""

    path: Path
    passphrase: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PemKey:
    """A key and a certificate (followed by its chain) in PEM files."""

    key_path: Path
    certificate_path: Path
    passphrase: bytes | None = field(default=None, repr=False)


class SoftwareKey:
    """A credential whose key is in this process's memory (see `Credential`)."""

    def __init__(self, key: PrivateKey, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> None:
        self._key = key
        self._certificate = certificates.der(certificate)
        self._chain = tuple(certificates.der(one) for one in chain)

    def __repr__(self) -> str:
        return "SoftwareKey()"

    def __reduce__(self) -> str:
        raise TypeError("a key is never copied out of its process")

    @property
    def certificate(self) -> bytes:
        """The signing certificate, DER."""
        return self._certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it, DER, its issuer first."""
        return self._chain

    def sign(self, data: bytes) -> bytes:
        """The signature over the data's SHA-256: RSASSA-PKCS1-v1_5, or ECDSA as DER."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def open_credential(source: Pkcs12Key | PemKey | Pkcs11Key, *, now: datetime.datetime | None = None) -> Credential:
    """The key of this source, ready to sign; checked at `now` (the present unless given).

    Raises:
        CredentialError: absent, locked, too weak, expired, not yet valid, not meant for signing, or key and certificate
            are not a pair.
    """
    at = now or datetime.datetime.now(datetime.UTC)
    if isinstance(source, Pkcs11Key):
        return open_token(source, now=at)
    key, certificate, others = _read_pkcs12(source) if isinstance(source, Pkcs12Key) else _read_pem(source)
    chain = certificates.order_chain(certificate, others)
    public = certificates.require_usable(certificate, chain, now=at)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or key.public_key() != public:
        raise CredentialError(
            Words(
                f"{_name(source)} : la clé privée n’est pas celle du certificat",
                f"{_name(source)}: the private key is not the certificate’s",
            ),
            hint=Words("réunissez la clé et son propre certificat", "bring the key and its own certificate together"),
        )
    return SoftwareKey(key, certificate, chain)


def warnings(credential: Credential, now: datetime.datetime) -> tuple[Words, ...]:
    """What the operator should know: the days left to the certificate, links of its chain that are weak."""
    found = list(certificates.renewal_warnings(certificates.load(credential.certificate), now=now))
    for above in (certificates.load(one) for one in credential.chain):
        try:
            certificates.require_strong_key(above)
        except CredentialError as weak:
            name = certificates.common_name(above.subject)
            found.append(Words(f"{name} : {weak.message.fr}", f"{name}: {weak.message.en}"))
    return tuple(found)


def _read_pkcs12(source: Pkcs12Key) -> tuple[object, x509.Certificate, list[x509.Certificate]]:
    data = _read(source.path)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, source.passphrase)
    except (ValueError, TypeError) as error:
        raise _unreadable(source.path) from error
    if key is None or certificate is None:
        raise CredentialError(
            Words(
                f"{source.path.name} ne contient pas à la fois une clé et un certificat",
                f"{source.path.name} does not hold both a key and a certificate",
            )
        )
    return key, certificate, others


def _read_pem(source: PemKey) -> tuple[object, x509.Certificate, list[x509.Certificate]]:
    key_data, certificate_data = _read(source.key_path), _read(source.certificate_path)
    try:
        key = serialization.load_pem_private_key(key_data, source.passphrase)
    except (ValueError, TypeError) as error:
        raise _unreadable(source.key_path) from error
    try:
        certificate, *others = x509.load_pem_x509_certificates(certificate_data)
    except ValueError as error:
        raise CredentialError(
            Words(
                f"{source.certificate_path.name} n’est pas un certificat PEM lisible",
                f"{source.certificate_path.name} is not a readable PEM certificate",
            )
        ) from error
    return key, certificate, others


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CredentialError(
            Words(f"{path.name} : fichier de clé illisible", f"{path.name}: the key file cannot be read"),
            hint=Words(
                "vérifiez le chemin et les droits du compte de service",
                "check the path and the rights of the service’s account",
            ),
        ) from error


def _unreadable(path: Path) -> CredentialError:
    return CredentialError(
        Words(
            f"{path.name} : phrase secrète fausse, ou fichier de clé abîmé",
            f"{path.name}: wrong passphrase, or damaged key file",
        ),
        hint=Words("vérifiez la phrase secrète de cette clé", "check this key’s passphrase"),
    )


def _name(source: Pkcs12Key | PemKey) -> str:
    return source.path.name if isinstance(source, Pkcs12Key) else source.key_path.name
