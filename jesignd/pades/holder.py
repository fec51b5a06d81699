"""Holder: what a foreign certificate says of whoever signed: a person or a firm, and how strongly in law.

Foreign certificates break rules that our own must keep (negative serial numbers, for one), so they are read with the
lenient reader; whatever cannot be read counts as not said.
"""

from __future__ import annotations

import contextlib

from asn1crypto import core, x509

from jesignd.domain.levels import LegalLevel
from jesignd.domain.verdict import SignatureKind

_STATEMENTS = "1.3.6.1.5.5.7.1.3"
_QUALIFIED = "0.4.0.1862.1.1"
_ON_DEVICE = "0.4.0.1862.1.4"
_TYPE = "0.4.0.1862.1.6"
_FOR_SIGNATURES = "0.4.0.1862.1.6.1"
_FOR_SEALS = "0.4.0.1862.1.6.2"
_FOR_PERSONS = {"given_name", "surname", "pseudonym"}


def name(certificate: x509.Certificate) -> str:
    """What people call the holder: the common name, or else the whole name."""
    found = certificate.subject.native.get("common_name")
    return found if isinstance(found, str) else str(certificate.subject.human_friendly)


def kind(certificate: x509.Certificate) -> SignatureKind:
    """A seal when the certificate says so (ETSI EN 319 412-5, 4.2.3) or names an organisation and no person."""
    if _FOR_SEALS in _types(certificate):
        return SignatureKind.SEAL
    said = set(certificate.subject.native)
    is_firm = "organization_identifier" in said and not said & _FOR_PERSONS
    return SignatureKind.SEAL if is_firm else SignatureKind.SIGNATURE


def legal_level(certificate: x509.Certificate) -> LegalLevel:
    """The level that a *trusted* certificate states of itself (ETSI EN 319 412-5); without statement, the lowest.

    That its issuer may make such statements is the trusted list's to say, not the certificate's: whoever shows this
    level must have found the certificate trusted.
    """
    stated = _statements(certificate)
    if _QUALIFIED not in stated:
        return LegalLevel.SIMPLE
    return LegalLevel.QUALIFIED if _ON_DEVICE in stated else LegalLevel.ADVANCED_QUALIFIED_CERTIFICATE


def states_qualified(certificate: bytes) -> bool:
    """Whether the issuer says that this certificate (DER) is qualified (QcCompliance, ETSI EN 319 412-5, 4.2.1)."""
    try:
        return _QUALIFIED in _statements(x509.Certificate.load(certificate))
    except ValueError:
        return False


def issuer_name(certificate: x509.Certificate) -> str:
    """What people call whoever issued it: the organisation, or else the whole name."""
    found = certificate.issuer.native.get("organization_name")
    return found if isinstance(found, str) else str(certificate.issuer.human_friendly)


def stated(certificate: x509.Certificate) -> tuple[bool, bool, bool]:
    """Whether it states that it is qualified, on a device, and for signatures (ETSI EN 319 412-5, 4.2)."""
    found = _statements(certificate)
    return _QUALIFIED in found, _ON_DEVICE in found, _FOR_SIGNATURES in _types(certificate)


def _statements(certificate: x509.Certificate) -> dict[str, bytes]:
    """The statements' identifiers and what follows each, DER."""
    statements: dict[str, bytes] = {}
    with contextlib.suppress(ValueError, TypeError, KeyError, IndexError):
        for extension in certificate["tbs_certificate"]["extensions"]:
            if extension["extn_id"].dotted == _STATEMENTS:
                for one in _members(extension["extn_value"].contents):
                    identifier, *more = _members(one)
                    statements[core.ObjectIdentifier.load(identifier).dotted] = more[0] if more else b""
    return statements


def _types(certificate: x509.Certificate) -> set[str]:
    stated = _statements(certificate).get(_TYPE, b"")
    with contextlib.suppress(ValueError, TypeError):
        return {core.ObjectIdentifier.load(one).dotted for one in _members(stated)} if stated else set()
    return set()


def _members(sequence: bytes) -> list[bytes]:
    return [one.dump() for one in core.SequenceOf.load(sequence, spec=core.Any)]
