"""Authority: a throw-away public-key infrastructure for demonstrations and tests; its certificates prove nothing.

The shape is that of a real one (ETSI EN 319 412-3 for the seal, RFC 3161 for the time-stamping unit), so that what
works with it works with a bought certificate.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
_POLICY = x509.ObjectIdentifier("2.25.157862348106593121770427183492518930431")
_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key; the key never leaves memory unless asked for under a passphrase."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self, passphrase: bytes | None = None) -> bytes:
        """The key as PKCS#8 PEM, encrypted when a passphrase is given."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _encryption(passphrase)
        )

    def pkcs12(self, passphrase: bytes | None, chain: tuple[Issued, ...] = ()) -> bytes:
        """Key, certificate and chain as one PKCS#12 file."""
        others = [issued.certificate for issued in chain]
        return pkcs12.serialize_key_and_certificates(
            b"seal", self.key, self.certificate, others, _encryption(passphrase)
        )


@dataclass(frozen=True, slots=True)
class Authority:
    """A root, an issuing authority, one seal, one time-stamping unit, and fresh revocation lists for both levels."""

    root: Issued
    issuing: Issued
    seal: Issued
    timestamp: Issued
    crls: tuple[bytes, ...]
    """DER: the root's list, then the issuing authority's."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What stands above seal and time-stamping unit, DER, the issuer first."""
        return (self.issuing.der, self.root.der)


def make_authority(
    *,
    firm_name: str = "Cabinet Démonstration",
    siren: str = "732829320",
    now: datetime.datetime | None = None,
    seal_key: PrivateKey | None = None,
) -> Authority:
    """Make everything anew; nothing is written anywhere.

    The seal's key is ECDSA P-256 unless another is given. Certificates begin an hour before `now`.
    """
    at = now or datetime.datetime.now(datetime.UTC)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = subject("DEMO jesignd racine", organisation="DEMO jesignd")
    root = issue(root_name, issuer=None, key=root_key, at=at, years=10, extensions=_authority_extensions(1))
    issuing = issue(
        subject("DEMO jesignd autorité", organisation="DEMO jesignd"),
        issuer=root,
        key=ec.generate_private_key(ec.SECP256R1()),
        at=at,
        years=8,
        extensions=_authority_extensions(0),
    )
    seal = issue_seal(issuing, firm_name=firm_name, siren=siren, at=at, key=seal_key)
    timestamp = issue(
        subject("DEMO jesignd horodatage", organisation="DEMO jesignd"),
        issuer=issuing,
        key=ec.generate_private_key(ec.SECP256R1()),
        at=at,
        years=5,
        extensions=(
            (key_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
        ),
    )
    return Authority(root, issuing, seal, timestamp, (crl(root, at=at), crl(issuing, at=at)))


def issue_seal(
    issuing: Issued,
    *,
    firm_name: str,
    siren: str,
    at: datetime.datetime,
    key: PrivateKey | None = None,
) -> Issued:
    """A seal certificate for a legal person (C, O, organizationIdentifier, CN), good for three years."""
    return issue(
        subject(f"DEMO cachet {firm_name}", organisation=firm_name, siren=siren),
        issuer=issuing,
        key=key or ec.generate_private_key(ec.SECP256R1()),
        at=at,
        years=3,
        extensions=((key_usage(content_commitment=True), True),),
    )


_QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
QUALIFIED = bytes.fromhex("300a3008060604008e460101")
"""QCStatements with QcCompliance alone (ETSI EN 319 412-5, 4.2.1), DER; said by an authority nobody trusts."""


def issue_person(
    issuing: Issued,
    *,
    first_name: str,
    last_name: str,
    at: datetime.datetime,
    years: int = 3,
    statements: bytes = b"",
) -> Issued:
    """A signing certificate for a natural person (C, GN, SN, CN: ETSI EN 319 412-2, clause 4.2.4), P-256.

    `statements` are the QCStatements it makes (`QUALIFIED`), DER.
    """
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.GIVEN_NAME, first_name),
            x509.NameAttribute(NameOID.SURNAME, last_name),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{first_name} {last_name}"[:64]),
        ]
    )
    key = ec.generate_private_key(ec.SECP256R1())
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ((key_usage(content_commitment=True), True),)
    if statements:
        extensions = (*extensions, (x509.UnrecognizedExtension(_QC_STATEMENTS, statements), False))
    return issue(name, issuer=issuing, key=key, at=at, years=years, extensions=extensions)


def issue(
    name: x509.Name,
    *,
    issuer: Issued | None,
    key: PrivateKey,
    at: datetime.datetime,
    years: int = 3,
    not_after: datetime.datetime | None = None,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> Issued:
    """A certificate with these extensions, key identifiers and our policy (RFC 5280); self-signed without an issuer."""
    start = at - datetime.timedelta(hours=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(not_after or start + years * _YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer.key if issuer else key).public_key()),
            critical=False,
        )
        .add_extension(x509.CertificatePolicies([x509.PolicyInformation(_POLICY, None)]), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Issued(certificate, key)


def crl(issuer: Issued, *, at: datetime.datetime, revoked: tuple[Issued, ...] = (), days: int = 30) -> bytes:
    """The issuer's revocation list, DER, from an hour ago for this many days."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at - datetime.timedelta(hours=1))
        .next_update(at + datetime.timedelta(days=days))
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(one.certificate.serial_number)
            .revocation_date(at - datetime.timedelta(minutes=30))
            .build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def subject(common_name: str, *, organisation: str, siren: str | None = None) -> x509.Name:
    """A French legal person's name; with a SIREN, the identifier of ETSI EN 319 412-1, clause 5.1.4."""
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
    ]
    if siren is not None:
        parts.insert(2, x509.NameAttribute(_ORGANISATION_IDENTIFIER, f"NTRFR-{siren}"))
    return x509.Name(parts)


def key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_encipherment: bool = False,
    certificate_signing: bool = False,
) -> x509.KeyUsage:
    """The key usage extension with exactly these bits (nonRepudiation is called content commitment today)."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificate_signing,
        crl_sign=certificate_signing,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_extensions(path_length: int) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return (
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (key_usage(certificate_signing=True), True),
    )


def _encryption(passphrase: bytes | None) -> serialization.KeySerializationEncryption:
    if passphrase is None:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(passphrase)
