from __future__ import annotations

import datetime
import io
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from pkilint import etsi, finding_filter, loader
from pkilint.etsi.etsi_constants import CertificateType
from pkilint.pkix import certificate as pkix
from pkilint.validation import ValidationFindingSeverity

from jesignd.errors import CredentialError, NotAllowed
from jesignd.pki import authority as pki
from jesignd.pki import keys, profiles
from jesignd.pki.profiles import Addresses, LegalPerson, NaturalPerson

if TYPE_CHECKING:
    from jesignd.pki.authority import Authority

ADDRESSES = Addresses("http://pki.cabinet-equerre.fr/")
AT = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def findings(der: bytes, kind: CertificateType) -> list[str]:
    """What the ETSI linter of pkilint has to say, from warnings up."""
    document = loader.RFC5280CertificateDocumentLoader().load_der_file(io.BytesIO(der), "certificate")
    validator = pkix.create_pkix_certificate_validator_container(
        etsi.create_decoding_validators(kind), etsi.create_validators(kind)
    )
    results, _ = finding_filter.filter_results(
        etsi.create_etsi_finding_filters(kind), validator.validate(document.root)
    )
    return [
        f"{one.finding.severity.name} {one.finding.code} {one.message}"
        for result in results
        for one in result.finding_descriptions
        if one.finding.severity <= ValidationFindingSeverity.NOTICE
    ]


def test_the_etsi_linter_finds_nothing_in_a_persons_certificate(person: bytes) -> None:
    assert findings(person, CertificateType.NCP_NATURAL_PERSON_CERTIFICATE) == []


def test_the_etsi_linter_finds_nothing_in_a_firms_certificate(firm: bytes) -> None:
    assert findings(firm, CertificateType.NCP_LEGAL_PERSON_CERTIFICATE) == []


def test_the_linter_does_find_what_is_wrong(issuing: Authority) -> None:
    key = keys.new_key()
    bare = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Claire")]))
        .issuer_name(issuing.certificate.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT)
        .not_valid_after(AT + datetime.timedelta(days=3))
        .sign(issuing.key, issuing.certificate.signature_hash_algorithm)
    )
    der = bare.public_bytes(serialization.Encoding.DER)
    assert len(findings(der, CertificateType.NCP_NATURAL_PERSON_CERTIFICATE)) > 3


@pytest.mark.parametrize("which", ["person", "firm"])
def test_a_certificate_claims_nothing_that_only_a_supervised_provider_may(
    which: str, request: pytest.FixtureRequest
) -> None:
    certificate = x509.load_der_x509_certificate(request.getfixturevalue(which))
    oids = {extension.oid.dotted_string for extension in certificate.extensions}
    assert "1.3.6.1.5.5.7.1.3" not in oids, "a statement of qualification"
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [one.policy_identifier.dotted_string.rpartition(".")[0] for one in policies] == [profiles.POLICY]


def test_a_certificate_commits_to_content_and_nothing_else(person: bytes) -> None:
    usage = x509.load_der_x509_certificate(person).extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value == profiles.key_usage(content_commitment=True)


def test_a_certificate_says_where_to_ask_about_it(person: bytes, issuing: Authority) -> None:
    extensions = x509.load_der_x509_certificate(person).extensions
    access = {
        one.access_method: one.access_location.value
        for one in extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    }
    assert access == {
        AuthorityInformationAccessOID.OCSP: "http://pki.cabinet-equerre.fr/ocsp",
        AuthorityInformationAccessOID.CA_ISSUERS: f"http://pki.cabinet-equerre.fr/ca/{issuing.id}.cer",
    }
    (point,) = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name is not None
    assert [one.value for one in point.full_name] == [f"http://pki.cabinet-equerre.fr/crl/{issuing.id}.crl"]


def test_a_persons_certificate_names_them_and_no_firm(person: bytes) -> None:
    subject = x509.load_der_x509_certificate(person).subject
    assert subject.rfc4514_string({NameOID.GIVEN_NAME: "GN", NameOID.SURNAME: "SN", NameOID.SERIAL_NUMBER: "NO"}) == (
        "CN=Claire Martin-Lefèvre,NO=JE:FR-0A1B2C,SN=Martin-Lefèvre,GN=Claire,C=FR"
    )
    assert profiles.read_person(person) == NaturalPerson("Claire", "Martin-Lefèvre", "0A1B2C")


def test_it_is_good_for_three_years_to_the_second(person: bytes) -> None:
    certificate = x509.load_der_x509_certificate(person)
    assert certificate.not_valid_before_utc == AT
    assert certificate.not_valid_after_utc == datetime.datetime(2029, 11, 24, 11, 59, 59, tzinfo=datetime.UTC)


def test_a_name_without_letters_is_not_certified(issuing: Authority) -> None:
    public = keys.public(keys.new_key())
    for given, surname in ((" ", "Martin"), ("Claire", "Mar\u202etin")):
        with pytest.raises(NotAllowed):
            pki.issue_person(issuing, NaturalPerson(given, surname, "0A"), public, at=AT, years=3, addresses=ADDRESSES)


def test_a_long_name_is_shortened_to_what_fits(issuing: Authority) -> None:
    long = NaturalPerson("Marie-Antoinette " * 4, "de la Tour du Pin " * 4, "0A")
    public = keys.public(keys.new_key())
    der = pki.issue_person(issuing, long, public, at=AT, years=3, addresses=ADDRESSES)
    assert findings(der, CertificateType.NCP_NATURAL_PERSON_CERTIFICATE) == []


def test_a_seal_needs_a_siren(issuing: Authority) -> None:
    public = keys.public(keys.new_key())
    with pytest.raises(NotAllowed):
        pki.issue_firm(issuing, LegalPerson("Équerre", "Cachet"), public, at=AT, years=3, addresses=ADDRESSES)


def test_only_p256_keys_are_certified(issuing: Authority) -> None:
    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        with pytest.raises(CredentialError):
            pki.issue_person(
                issuing, NaturalPerson("Claire", "Martin", "0A"), public, at=AT, years=3, addresses=ADDRESSES
            )


def test_an_authority_issues_nothing_that_outlives_it(issuing: Authority) -> None:
    public = keys.public(keys.new_key())
    late = AT.replace(year=AT.year + 8)
    with pytest.raises(CredentialError):
        pki.issue_person(
            issuing, NaturalPerson("Claire", "Martin", "0A"), public, at=late, years=3, addresses=ADDRESSES
        )
