"""A provider's keys, through a provider on this machine that speaks the API strictly."""

from __future__ import annotations

from collections.abc import Iterator

import csc_server
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from csc_server import PIN, Key, Provider

from jesignd.domain.statements import PinRefused, Withdrawn
from jesignd.errors import CredentialError, ServiceError
from jesignd.pades import certificates
from jesignd.pades.csc import RemoteKey, list_credentials, read_credential
from jesignd.testing.authority import Authority, issue, key_usage, subject

DATA = b"a declaration"


@pytest.fixture
def provider(authority: Authority) -> Iterator[Provider]:
    with csc_server.open_provider(authority) as opened:
        opened.add("GX0112348")
        yield opened


def signer(provider: Provider, name: str = "GX0112348", *, pin: str = PIN, code: str | None = None) -> RemoteKey:
    service = provider.service()
    asks = None if code is None else lambda _: code
    return RemoteKey(service, read_credential(service, name), pin.encode(), ask_code=asks)


def verify(key: RemoteKey, signature: bytes) -> None:
    public = certificates.require_strong_key(x509.load_der_x509_certificate(key.certificate))
    certificates.verify_signature(public, signature=signature, data=DATA)


def test_a_key_kept_elsewhere_signs_under_its_owners_pin(provider: Provider, authority: Authority) -> None:
    key = signer(provider)
    verify(key, key.sign(DATA))
    assert key.certificate == provider.keys["GX0112348"].owner.der
    assert key.chain == (authority.issuing.der, authority.root.der)


def test_the_provider_sees_a_digest_and_never_what_is_signed(provider: Provider) -> None:
    signer(provider).sign(DATA)
    assert [method for method, _ in provider.asked] == [
        "credentials/info",
        "credentials/authorize",
        "signatures/signHash",
    ]
    assert "declaration" not in str(provider.asked)


def test_an_rsa_key_signs_too(provider: Provider, authority: Authority) -> None:
    owner = issue(
        subject("Claire Martin", organisation="Équerre"),
        issuer=authority.issuing,
        key=rsa.generate_private_key(65537, 3072),
        at=provider._now(),
        extensions=((key_usage(content_commitment=True), True),),
    )
    provider.add("RSA", Key(owner))
    key = signer(provider, "RSA")
    verify(key, key.sign(DATA))


def test_a_signature_given_as_two_numbers_is_understood(provider: Provider) -> None:
    provider.keys["GX0112348"].plain_numbers = True
    key = signer(provider)
    verify(key, key.sign(DATA))


def test_a_one_time_code_is_asked_for_at_each_signature(provider: Provider) -> None:
    provider.keys["GX0112348"].auth = {
        "mode": "explicit",
        "objects": [csc_server._object("PIN"), csc_server._object("OTP")],
    }
    key = signer(provider, code=provider.code)
    verify(key, key.sign(DATA))
    with pytest.raises(PinRefused):
        signer(provider, code="000000").sign(DATA)
    with pytest.raises(CredentialError, match="code"):
        signer(provider).sign(DATA)


@pytest.mark.parametrize(
    "auth",
    [
        {"mode": "oauth2code"},
        {"mode": "explicit", "objects": [csc_server._object("OTP", "ChallengeResponse")]},
        {"mode": "explicit", "objects": [csc_server._object("FINGER")]},
    ],
)
def test_ways_to_authorise_that_cannot_work_from_here_are_refused_before_anything_is_signed(
    provider: Provider, auth: dict[str, object]
) -> None:
    provider.keys["GX0112348"].auth = auth
    with pytest.raises(CredentialError):
        signer(provider)


def test_a_wrong_pin_is_tried_once_and_never_shown(provider: Provider) -> None:
    key = signer(provider, pin="C4N4RY-wrong")
    with pytest.raises(PinRefused) as refused:
        key.sign(DATA)
    assert provider.wrong_pins == 1
    assert "C4N4RY" not in repr((key, refused.value, refused.value.message, provider.service()))


def test_a_wrong_token_is_the_operators_to_mend(provider: Provider) -> None:
    with pytest.raises(CredentialError, match="token"):
        list_credentials(provider.service("C4N4RY-other"))


def test_an_authorisation_that_grew_old_is_asked_for_once_more_and_no_more(provider: Provider) -> None:
    key = signer(provider)
    provider.sad_seconds = -1.0
    with pytest.raises(CredentialError, match="expired"):
        key.sign(DATA)
    assert [method for method, _ in provider.asked].count("credentials/authorize") == 2
    provider.sad_seconds = 60.0
    verify(key, key.sign(DATA))


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_an_outage_is_told_from_a_refusal_and_nothing_is_signed_twice(provider: Provider, status: int) -> None:
    key = signer(provider)
    before = len(provider.asked)
    provider.outages = [status]
    with pytest.raises(ServiceError):
        key.sign(DATA)
    assert len(provider.asked) == before
    verify(key, key.sign(DATA))


def test_a_provider_that_is_silent_is_not_waited_for_for_ever(provider: Provider) -> None:
    provider.delays = [2.0]
    with pytest.raises(ServiceError):
        read_credential(provider.service(timeout_seconds=0.2), "GX0112348")


def test_nothing_is_sent_where_a_redirection_leads(provider: Provider) -> None:
    provider.outages = [302]
    with pytest.raises((ServiceError, CredentialError)):
        list_credentials(provider.service())


@pytest.mark.parametrize(("status", "enabled"), [("revoked", "enabled"), ("expired", "enabled"), ("valid", "disabled")])
def test_what_the_provider_withdrew_does_not_open(provider: Provider, status: str, enabled: str) -> None:
    provider.keys["GX0112348"].status, provider.keys["GX0112348"].enabled = status, enabled
    with pytest.raises(Withdrawn):
        signer(provider)


def test_a_signature_by_another_key_is_not_believed(provider: Provider) -> None:
    provider.keys["GX0112348"].signs_with = provider.add("OTHER").owner
    with pytest.raises(CredentialError, match="verify"):
        signer(provider).sign(DATA)


def test_every_page_of_the_list_is_read(provider: Provider) -> None:
    for number in range(4):
        provider.add(f"K{number}")
    assert list_credentials(provider.service()) == ["GX0112348", "K0", "K1", "K2", "K3"]


def test_an_unknown_key_is_refused(provider: Provider) -> None:
    with pytest.raises(CredentialError):
        read_credential(provider.service(), "NOBODY")
