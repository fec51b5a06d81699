"""Profiles: what the certificates of our authority say, after ETSI EN 319 412-2 (people) and 412-3 (firms).

They claim nothing that only a supervised provider may: the policy is our own (never one of ETSI's), and there is no
statement of qualification. A person's certificate names no firm: the same one serves in all of theirs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from jesignd.errors import NotAllowed, Words

POLICY = "1.2.840.113556.1.8000.2554.22422.18358.41383.18072.49117.8531576.10564477"
"""Our own arc, of a UUID cut into pieces: one whole number (X.667) is more than many programs read."""
PERSON_POLICY = x509.ObjectIdentifier(f"{POLICY}.1")
FIRM_POLICY = x509.ObjectIdentifier(f"{POLICY}.2")

_ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
_LOCAL = "JE:FR-"
"""Our own register of people: what EN 319 412-1 calls a local scheme."""
_LONGEST_NAME = 64
"""Upper bound of a common name (RFC 5280, appendix A)."""

Extension = tuple[x509.ExtensionType, bool]
"""An extension, and whether it is critical."""


@dataclass(frozen=True, slots=True)
class NaturalPerson:
    """Who signs. `identifier` tells two people of one name apart, and stays theirs for good."""

    given_name: str
    surname: str
    identifier: str


@dataclass(frozen=True, slots=True)
class LegalPerson:
    """Who seals, or issues. `common_name` is what people read; the SIREN identifies."""

    name: str
    common_name: str
    siren: str | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a certificate says that its issuer, its revocation list and the answers about it are to be had."""

    public_url: str

    def issuer(self, authority: str) -> str:
        """Its certificate, DER."""
        return f"{self._base}/ca/{authority}.cer"

    def crl(self, authority: str) -> str:
        """Its revocation list, DER."""
        return f"{self._base}/crl/{authority}.crl"

    @property
    def ocsp(self) -> str:
        """Where RFC 6960 requests are answered."""
        return f"{self._base}/ocsp"

    @property
    def _base(self) -> str:
        return self.public_url.rstrip("/")


def person_name(person: NaturalPerson) -> x509.Name:
    """C, GN, SN, CN and a serial number of local meaning (EN 319 412-1, clause 5.1.3; 412-2, clause 4.2.4).

    Raises:
        NotAllowed: a name is empty or has invisible characters.
    """
    given, surname = _text(person.given_name), _text(person.surname)
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.GIVEN_NAME, given),
            x509.NameAttribute(NameOID.SURNAME, surname),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{_LOCAL}{person.identifier}"),
            x509.NameAttribute(NameOID.COMMON_NAME, _text(f"{given} {surname}")),
        ]
    )


def read_person(der: bytes) -> NaturalPerson:
    """The person whom a certificate of ours names."""
    name = x509.load_der_x509_certificate(der).subject
    given, surname, serial = (
        str(name.get_attributes_for_oid(oid)[0].value)
        for oid in (NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.SERIAL_NUMBER)
    )
    return NaturalPerson(given, surname, serial.removeprefix(_LOCAL))


def firm_name(firm: LegalPerson) -> x509.Name:
    """C, O, organizationIdentifier (`NTRFR-` and the SIREN: EN 319 412-1, clause 5.1.4) and CN.

    Raises:
        NotAllowed: there is no SIREN, or a name is empty or has invisible characters.
    """
    if firm.siren is None:
        raise NotAllowed(
            Words(f"{firm.name} : pas de certificat de cachet sans SIREN", f"{firm.name}: no seal without a SIREN"),
            hint=Words("donnez son SIREN au cabinet", "give the firm its SIREN"),
        )
    return authority_name(firm)


def authority_name(firm: LegalPerson) -> x509.Name:
    """As a firm's, the identifier only where there is one (EN 319 412-2, clause 4.2.3.1)."""
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _text(firm.name)),
    ]
    if firm.siren is not None:
        parts.append(x509.NameAttribute(_ORGANISATION_IDENTIFIER, f"NTRFR-{firm.siren}"))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, _text(firm.common_name)))
    return x509.Name(parts)


def authority_extensions(path_length: int) -> Iterator[Extension]:
    """Of an authority that may have so many others below it; it signs its own revocation answers."""
    yield x509.BasicConstraints(ca=True, path_length=path_length), True
    yield key_usage(digital_signature=True, certificate_signing=True), True
    policy = x509.ObjectIdentifier("2.5.29.32.0")
    yield x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), False


def end_extensions(policy: x509.ObjectIdentifier) -> Iterator[Extension]:
    """Of whoever signs or seals: committed to content and nothing else (EN 319 412-2, clause 4.3.2, type A)."""
    yield key_usage(content_commitment=True), True
    yield x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), False


def places(authority: str, addresses: Addresses, *, answered: bool) -> Iterator[Extension]:
    """Where to ask about a certificate of this authority; the root only publishes a list, it gives no answers."""
    asked = [(AuthorityInformationAccessOID.OCSP, addresses.ocsp)] if answered else []
    access = [*asked, (AuthorityInformationAccessOID.CA_ISSUERS, addresses.issuer(authority))]
    yield (
        x509.AuthorityInformationAccess(
            [x509.AccessDescription(method, x509.UniformResourceIdentifier(place)) for method, place in access]
        ),
        False,
    )
    full = [x509.UniformResourceIdentifier(addresses.crl(authority))]
    yield x509.CRLDistributionPoints([x509.DistributionPoint(full, None, None, None)]), False


def key_usage(
    *, digital_signature: bool = False, content_commitment: bool = False, certificate_signing: bool = False
) -> x509.KeyUsage:
    """The key usage extension with exactly these bits (nonRepudiation is called content commitment today)."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificate_signing,
        crl_sign=certificate_signing,
        encipher_only=False,
        decipher_only=False,
    )


def _text(name: str) -> str:
    """One line of NFC text, not longer than a certificate allows."""
    line = " ".join(unicodedata.normalize("NFC", name).split())
    if not line or not line.isprintable():
        raise NotAllowed(
            Words("un nom vide ou illisible ne se certifie pas", "an empty or unreadable name is not certified"),
            hint=Words("complétez le profil de la personne", "complete the person’s profile"),
        )
    return line[:_LONGEST_NAME].rstrip()
