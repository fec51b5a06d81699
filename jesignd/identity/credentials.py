"""Credentials: a person's key in a PKCS#12 file of their own, which only their PIN or passphrase opens."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID

from jesignd.errors import CredentialError, Words

_ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
LARGEST = 64 << 10


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """A key in memory, for the time of one act: a `PersonalSigner`."""

    certificate: bytes
    chain: tuple[bytes, ...]
    not_before: datetime.datetime
    not_after: datetime.datetime
    _key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """ECDSA or RSA PKCS #1 v1.5 with SHA-256."""
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def open_pkcs12(data: bytes, passphrase: bytes) -> OpenedKey:
    """Open the file.

    Raises:
        WrongPin: it does not open with this passphrase, or is no PKCS#12 file: the two look alike.
        CredentialError: it holds no usable key and certificate of a natural person.
    """
    try:
        loaded = pkcs12.load_pkcs12(data, passphrase)
    except ValueError as error:
        raise WrongPin from error
    key, own = loaded.key, loaded.cert
    if own is None or not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise _unusable(Words("ni clé ni certificat utilisables", "no usable key and certificate"))
    certificate = own.certificate
    if is_legal_person(certificate.subject):
        raise _unusable(Words("c’est le certificat d’une société, pas d’une personne", "it is a company’s certificate"))
    return OpenedKey(
        certificate.public_bytes(Encoding.DER),
        tuple(_above(certificate, [one.certificate for one in loaded.additional_certs])),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        key,
    )


def usable_between(certificate: bytes) -> tuple[datetime.datetime, datetime.datetime]:
    """The first and last instant of a person's certificate (DER) that can sign what is signed here.

    Raises:
        CredentialError: it is a company's, or its key of a kind that has no name here.
    """
    read = x509.load_der_x509_certificate(certificate)
    if is_legal_person(read.subject):
        raise _unusable(Words("c’est le certificat d’une société, pas d’une personne", "it is a company’s certificate"))
    require_known_key(read)
    return read.not_valid_before_utc, read.not_valid_after_utc


def require_known_key(certificate: x509.Certificate) -> str:
    """The name a statement gives its key's algorithm (RFC 7518): `ES256` or `RS256`.

    Raises:
        CredentialError: it is neither P-256 nor RSA of 2048 bits or more.
    """
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return "RS256"
    raise CredentialError(
        Words("la clé personnelle n’est ni P-256 ni RSA 2048 ou plus", "the key is neither P-256 nor RSA 2048 or more"),
        hint=Words("demandez un certificat à clé P-256", "ask for a certificate with a P-256 key"),
    )


def is_legal_person(subject: x509.Name) -> bool:
    """Whether a certificate's subject is a company (ETSI EN 319 412-3): an identifier of its own, nobody's name."""
    persons = (NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.PSEUDONYM)
    named = any(subject.get_attributes_for_oid(one) for one in persons)
    return bool(subject.get_attributes_for_oid(_ORGANISATION_IDENTIFIER)) and not named


class WrongPin(CredentialError):
    """The key does not open: the PIN or passphrase is wrong."""

    def __init__(self) -> None:
        super().__init__(
            Words("code PIN ou mot de passe de la clé incorrect", "wrong PIN or passphrase of the key"),
            hint=Words("au troisième essai manqué la clé est bloquée", "the third wrong try locks the key"),
        )


def _above(certificate: x509.Certificate, others: list[x509.Certificate]) -> list[bytes]:
    """The chain in order, the issuer first; certificates of no use are left out."""
    chain: list[bytes] = []
    here = certificate
    while here.issuer != here.subject:
        issuer = next((one for one in others if one.subject == here.issuer and one is not here), None)
        if issuer is None or issuer.public_bytes(Encoding.DER) in chain:
            break
        chain.append(issuer.public_bytes(Encoding.DER))
        here = issuer
    return chain


def _unusable(why: Words) -> CredentialError:
    return CredentialError(
        Words(f"clé personnelle refusée : {why.fr}", f"personal key refused: {why.en}"),
        hint=Words("demandez un fichier .p12 à votre nom", "ask for a .p12 file in your own name"),
    )
