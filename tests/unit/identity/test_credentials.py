from __future__ import annotations

import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jesignd.errors import CredentialError
from jesignd.identity import statements
from jesignd.identity.credentials import WrongPin, open_pkcs12
from jesignd.testing.authority import Issued, issue, issue_person, key_usage, make_authority

AT = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
PIN = b"246813"


@pytest.fixture(scope="module")
def authority():
    return make_authority(now=AT)


@pytest.fixture(scope="module")
def claire(authority) -> Issued:
    return issue_person(authority.issuing, first_name="Claire", last_name="Martin", at=AT)


def test_a_key_opens_with_its_pin_and_brings_its_chain_in_order(authority, claire):
    opened = open_pkcs12(claire.pkcs12(PIN, (authority.root, authority.timestamp, authority.issuing)), PIN)
    assert (opened.certificate, opened.chain) == (claire.der, authority.chain)
    assert "key" not in repr(opened).lower().replace("openedkey", "")


@pytest.mark.parametrize("pin", [b"", b"246814", b"2468130"])
def test_another_pin_opens_nothing(authority, claire, pin):
    with pytest.raises(WrongPin):
        open_pkcs12(claire.pkcs12(PIN), pin)


def test_what_is_no_key_file_opens_with_no_pin():
    with pytest.raises(WrongPin):
        open_pkcs12(b"rubbish", PIN)


def test_a_companys_certificate_is_nobodys(authority):
    with pytest.raises(CredentialError, match="company"):
        open_pkcs12(authority.seal.pkcs12(PIN), PIN)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_statements_are_signed_with_either_kind_of_key(authority, claire, kind):
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    person = issue(
        claire.certificate.subject,
        issuer=authority.issuing,
        key=key,
        at=AT,
        extensions=((key_usage(content_commitment=True), True),),
    )
    made = statements.make({"type": "t", "é": 1}, open_pkcs12(person.pkcs12(PIN), PIN))
    assert statements.read(made.text).payload == {"type": "t", "é": 1}
    assert made.certificate == person.der


def test_a_key_of_a_kind_without_a_name_here_signs_nothing(authority, claire):
    key = ec.generate_private_key(ec.SECP384R1())
    person = issue(claire.certificate.subject, issuer=authority.issuing, key=key, at=AT)
    with pytest.raises(CredentialError):
        statements.make({"type": "t"}, open_pkcs12(person.pkcs12(PIN), PIN))
