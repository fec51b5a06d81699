from __future__ import annotations

import datetime

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jesignd.domain.levels import LegalLevel
from jesignd.domain.verdict import SignatureKind
from jesignd.pades import holder
from jesignd.pades.claims import claims
from jesignd.pades.cms import element, object_identifier
from jesignd.testing.authority import Authority, issue, key_usage, subject

COMPLIANT = object_identifier("0.4.0.1862.1.1")
ON_DEVICE = object_identifier("0.4.0.1862.1.4")
TYPE = object_identifier("0.4.0.1862.1.6")
PERSON = object_identifier("0.4.0.1862.1.6.1")
SEAL = object_identifier("0.4.0.1862.1.6.2")


def statements(*each: bytes) -> bytes:
    return element(0x30, *(element(0x30, one) for one in each))


def certificate(authority: Authority, name: x509.Name, said: bytes | None) -> asn1.Certificate:
    extensions: list[tuple[x509.ExtensionType, bool]] = [(key_usage(content_commitment=True), True)]
    if said is not None:
        oid = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
        extensions.append((x509.UnrecognizedExtension(oid, said), False))
    issued = issue(
        name,
        issuer=authority.issuing,
        key=ec.generate_private_key(ec.SECP256R1()),
        at=datetime.datetime.now(datetime.UTC),
        extensions=tuple(extensions),
    )
    return asn1.Certificate.load(issued.der)


FIRM = subject("Cabinet", organisation="Cabinet", siren="732829320")
SOMEBODY = x509.Name(
    [
        x509.NameAttribute(NameOID.GIVEN_NAME, "Éléonore"),
        x509.NameAttribute(NameOID.SURNAME, "Dupont"),
        x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), "NTRFR-732829320"),
    ]
)


@pytest.mark.parametrize(
    ("name", "said", "kind"),
    [
        (FIRM, None, SignatureKind.SEAL),
        (SOMEBODY, None, SignatureKind.SIGNATURE),
        (SOMEBODY, statements(TYPE + element(0x30, SEAL)), SignatureKind.SEAL),
        (SOMEBODY, statements(TYPE + element(0x30, PERSON)), SignatureKind.SIGNATURE),
        (subject("Cabinet", organisation="Cabinet"), None, SignatureKind.SIGNATURE),
    ],
)
def test_a_firm_seals_and_a_person_signs(authority: Authority, name, said, kind: SignatureKind) -> None:
    assert holder.kind(certificate(authority, name, said)) is kind


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (None, LegalLevel.SIMPLE),
        (statements(COMPLIANT), LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE),
        (statements(COMPLIANT, ON_DEVICE), LegalLevel.QUALIFIED),
        (statements(ON_DEVICE), LegalLevel.SIMPLE),
        (b"junk", LegalLevel.SIMPLE),
        (b"", LegalLevel.SIMPLE),
        (element(0x30, b"\x05\x00"), LegalLevel.SIMPLE),
    ],
)
def test_no_level_is_claimed_that_the_certificate_does_not_state(authority: Authority, said, level: LegalLevel) -> None:
    assert holder.legal_level(certificate(authority, FIRM, said)) is level


@pytest.mark.parametrize(
    ("said", "qualified", "on_device"),
    [(None, False, False), (statements(COMPLIANT), True, False), (statements(COMPLIANT, ON_DEVICE), True, True)],
)
def test_what_an_issuer_states_is_told_as_its_statement(authority: Authority, said, qualified, on_device) -> None:
    found = claims(certificate(authority, SOMEBODY, said).dump())
    assert (found.issuer, found.qualified, found.on_device) == ("DEMO jesignd", qualified, on_device)


def test_a_holder_without_common_name_is_called_by_the_whole_name(authority: Authority) -> None:
    assert "Dupont" in holder.name(certificate(authority, SOMEBODY, None))
