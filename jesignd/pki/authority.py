"""Authority: a root and an issuing authority: make them, issue, list what was revoked, answer beforehand.

It sees public keys only: the private ones of people and firms are made, and locked away, elsewhere. Revocation answers
(RFC 6960) are signed here in advance, so that the program that gives them holds no key.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

from jesignd.domain.certificates import Answer, AuthorityId, Reason, SerialNumber, Status, ends
from jesignd.errors import CredentialError, Words
from jesignd.pki import keys, profiles

if TYPE_CHECKING:
    from jesignd.pki.profiles import Addresses, Extension, LegalPerson, NaturalPerson

ROOT_YEARS = 20
ISSUING_YEARS = 10

_ALGORITHMS: tuple[hashes.HashAlgorithm, ...] = (hashes.SHA1(), hashes.SHA256())  # noqa: S303 - a name, not a proof
"""By which a request may name a certificate: SHA-1 is what RFC 5019 asks for, and what nearly everybody sends."""

_REASONS = {
    Reason.KEY_COMPROMISE: x509.ReasonFlags.key_compromise,
    Reason.AFFILIATION_CHANGED: x509.ReasonFlags.affiliation_changed,
    Reason.SUPERSEDED: x509.ReasonFlags.superseded,
    Reason.CESSATION: x509.ReasonFlags.cessation_of_operation,
}
"""`unspecified` is not written (RFC 5280, clause 5.3.1)."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority whose key is open in this process."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()
    """What stands above it, its issuer first."""

    @property
    def id(self) -> AuthorityId:
        """What its lists are named after."""
        return authority_id(self.certificate)

    @property
    def der(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """Its certificate, for people."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Its own and those above it, DER: what goes with each certificate it issues."""
        return tuple(one.public_bytes(serialization.Encoding.DER) for one in (self.certificate, *self.chain))

    def file(self, passphrase: bytes) -> bytes:
        """Key and certificates as a PKCS#12 file; see `keys.seal_file`."""
        own, *above = self.certificates
        return keys.seal_file(self.key, own, chain=above, passphrase=passphrase)


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when something signed may be relied upon; whole seconds, as certificates have it."""

    begins: datetime.datetime
    ends: datetime.datetime

    @classmethod
    def lasting(cls, at: datetime.datetime, span: datetime.timedelta) -> Period:
        """From this instant, for so long."""
        begins = at.replace(microsecond=0)
        return cls(begins, begins + span)


def authority_id(certificate: x509.Certificate) -> AuthorityId:
    """The first half of the key identifier, in hexadecimal."""
    identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return AuthorityId(identifier.digest.hex()[:16])


def serial_of(certificate: x509.Certificate) -> SerialNumber:
    """Its number, as it is kept and shown."""
    return SerialNumber(f"{certificate.serial_number:x}")


def summary(der: bytes) -> tuple[SerialNumber, datetime.datetime, datetime.datetime]:
    """A certificate's number, and from when to when it is valid."""
    certificate = x509.load_der_x509_certificate(der)
    return serial_of(certificate), certificate.not_valid_before_utc, certificate.not_valid_after_utc


def make_root(name: LegalPerson, *, at: datetime.datetime) -> Authority:
    """A new root; its key serves twice a decade, and may be kept elsewhere meanwhile."""
    key = keys.new_key()
    subject = profiles.authority_name(name)
    period = _years(at, ROOT_YEARS)
    builder = _builder(subject, subject, key.public_key(), period, profiles.authority_extensions(1))
    return Authority(_signed(builder, key.public_key(), key), key)


def make_issuing(root: Authority, name: LegalPerson, *, at: datetime.datetime, addresses: Addresses) -> Authority:
    """A new issuing authority below the root."""
    key = keys.new_key()
    extensions = (
        *profiles.authority_extensions(0),
        *profiles.places(root.id, addresses, answered=False),
    )
    subject = profiles.authority_name(name)
    period = _years(at, ISSUING_YEARS)
    builder = _builder(subject, root.certificate.subject, key.public_key(), period, extensions)
    return Authority(_signed(builder, root.key.public_key(), root.key), key, (root.certificate, *root.chain))


def open_authority(data: bytes, passphrase: bytes) -> Authority:
    """The authority of a PKCS#12 file.

    Raises:
        CredentialError: it does not open, or is no authority's.
    """
    key, certificate, chain = keys.open_file(data, passphrase)
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        constraints = None
    if constraints is None or not constraints.ca or key.public_key() != certificate.public_key():
        raise CredentialError(Words("ce n’est pas la clé d’une autorité", "this is no authority’s key"))
    return Authority(certificate, key, chain)


def issue_person(
    issuing: Authority,
    person: NaturalPerson,
    public_key: bytes,
    *,
    at: datetime.datetime,
    years: int,
    addresses: Addresses,
) -> bytes:
    """A person's signing certificate (EN 319 412-2), DER. The key is P-256, as DER SubjectPublicKeyInfo.

    Raises:
        CredentialError: the authority itself ends before, or the key is of another kind.
        NotAllowed: the name cannot be certified.
    """
    extensions = profiles.end_extensions(profiles.PERSON_POLICY)
    name = profiles.person_name(person)
    return _issued(issuing, name, public_key, period=_years(at, years), extensions=extensions, addresses=addresses)


def issue_firm(
    issuing: Authority,
    firm: LegalPerson,
    public_key: bytes,
    *,
    at: datetime.datetime,
    years: int,
    addresses: Addresses,
) -> bytes:
    """A firm's seal certificate (EN 319 412-3), DER; otherwise as `issue_person`."""
    extensions = profiles.end_extensions(profiles.FIRM_POLICY)
    name = profiles.firm_name(firm)
    return _issued(issuing, name, public_key, period=_years(at, years), extensions=extensions, addresses=addresses)


def revocation_list(authority: Authority, revoked: Iterable[Status], *, number: int, period: Period) -> bytes:
    """The list of what this authority revoked (RFC 5280, clause 5), DER; the number only ever grows."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(period.begins)
        .next_update(period.ends)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_identifier_of_issuer(authority.key.public_key()), critical=False)
    )
    for one in revoked:
        if one.revoked_at is None:
            continue
        entry = x509.RevokedCertificateBuilder().serial_number(int(one.serial, 16)).revocation_date(one.revoked_at)
        if one.reason in _REASONS:
            entry = entry.add_extension(x509.CRLReason(_REASONS[one.reason]), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def answers(authority: Authority, statuses: Iterable[Status], *, period: Period) -> Iterator[Answer]:
    """Signed answers about these certificates (RFC 6960), one for each way a request may name them."""
    every = list(statuses)
    for algorithm in _ALGORITHMS:
        issuer = _issuer_hashes(authority.certificate, algorithm)
        for one in every:
            der = _answer(authority, one, algorithm, issuer, period)
            yield Answer(one.serial, algorithm.name, b"".join(issuer), der)


def _answer(
    authority: Authority,
    status: Status,
    algorithm: hashes.HashAlgorithm,
    issuer: tuple[bytes, bytes],
    period: Period,
) -> bytes:
    revoked = status.revoked_at is not None
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            issuer_name_hash=issuer[0],
            issuer_key_hash=issuer[1],
            serial_number=int(status.serial, 16),
            algorithm=algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=period.begins,
            next_update=period.ends,
            revocation_time=status.revoked_at,
            revocation_reason=_REASONS.get(status.reason) if revoked and status.reason else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificate)
    )
    return response.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _issued(
    issuing: Authority,
    name: x509.Name,
    public_key: bytes,
    *,
    period: Period,
    extensions: Iterable[Extension],
    addresses: Addresses,
) -> bytes:
    if period.ends > issuing.certificate.not_valid_after_utc:
        raise CredentialError(
            Words("l’autorité expire avant le certificat demandé", "the authority ends before the certificate would"),
            hint=Words("créez une nouvelle autorité d’émission", "make a new issuing authority"),
        )
    public = serialization.load_der_public_key(public_key)
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise CredentialError(Words("la clé à certifier n’est pas P-256", "the key to certify is not P-256"))
    more = (*extensions, *profiles.places(issuing.id, addresses, answered=True))
    builder = _builder(name, issuing.certificate.subject, public, period, more)
    certificate = _signed(builder, issuing.key.public_key(), issuing.key)
    return certificate.public_bytes(serialization.Encoding.DER)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    period: Period,
    extensions: Iterable[Extension],
) -> x509.CertificateBuilder:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(period.begins)
        .not_valid_after(period.ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder


def _signed(
    builder: x509.CertificateBuilder, issuer: ec.EllipticCurvePublicKey, key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    return builder.add_extension(_identifier_of_issuer(issuer), critical=False).sign(key, hashes.SHA256())


def _identifier_of_issuer(public: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public)


def _years(at: datetime.datetime, years: int) -> Period:
    begins = at.replace(microsecond=0)
    return Period(begins, ends(begins, years))


def _issuer_hashes(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """How a request names this issuer: the hashes of its name and of its key (RFC 6960, clause 4.1.1)."""
    public = certificate.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return _hash(certificate.subject.public_bytes(), algorithm), _hash(public, algorithm)


def _hash(data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()
