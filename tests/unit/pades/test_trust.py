from __future__ import annotations

import datetime
import hashlib
import logging
import socket
import time

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jesignd.errors import ServiceError
from jesignd.pades import timestamp_token
from jesignd.pades.trust import Endpoint
from jesignd.testing.authority import Authority, issue, key_usage, make_authority, subject
from jesignd.testing.timestamp_server import Fault, TimestampServer, timestamp_server

DIGEST = hashlib.sha256(b"signature value").digest()


def endpoint(server: TimestampServer, authority: Authority, name: str = "Horodateur") -> Endpoint:
    return Endpoint(name, server.url, 1.0, (authority.root.der,))


def silent_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def test_a_token_is_over_the_digest_asked(authority: Authority, timestamps: TimestampServer, client_of) -> None:
    token = cms.ContentInfo.load(client_of(endpoint(timestamps, authority)).timestamp(DIGEST))
    info = token["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == DIGEST


def test_an_authority_with_an_rsa_key_is_as_good(authority: Authority, client_of) -> None:
    unit = issue(
        subject("Horodatage RSA", organisation="TSA"),
        issuer=authority.issuing,
        key=rsa.generate_private_key(65537, 3072),
        at=datetime.datetime.now(datetime.UTC),
        extensions=tuple(
            (extension.value, extension.critical)
            for extension in authority.timestamp.certificate.extensions
            if extension.critical
        ),
    )
    with timestamp_server(unit, (authority.issuing,)) as server:
        assert client_of(endpoint(server, authority)).timestamp(DIGEST)


@pytest.mark.parametrize("fault", list(Fault))
def test_an_answer_that_does_not_answer_is_refused(
    authority: Authority, timestamps: TimestampServer, fault: Fault, client_of
) -> None:
    timestamps.fault = fault
    with pytest.raises(ServiceError) as refused:
        client_of(endpoint(timestamps, authority)).timestamp(DIGEST)
    assert "Horodateur" in refused.value.message.fr


def test_the_next_authority_is_asked_and_the_failed_one_rests(
    authority: Authority, timestamps: TimestampServer, client_of
) -> None:
    with timestamp_server(authority.timestamp, (authority.issuing,)) as second:
        timestamps.fault = Fault.SERVER_ERROR
        client = client_of(endpoint(timestamps, authority, "un"), endpoint(second, authority, "deux"))
        for _ in range(3):
            assert client.timestamp(DIGEST)
        assert (timestamps.asked, second.asked) == (0, 3)
        second.fault, timestamps.fault = Fault.GARBAGE, None
        assert client.timestamp(DIGEST)
        assert timestamps.asked == 1


def test_when_all_fail_each_is_named_and_no_address_is_shown(authority: Authority, caplog, client_of) -> None:
    address = silent_address().replace("http://", "http://user:hush@")
    with caplog.at_level(logging.DEBUG, "jesignd"), pytest.raises(ServiceError) as refused:
        client_of(Endpoint("un", address, 1.0), Endpoint("deux", "nonsense://x", 1.0)).timestamp(DIGEST)
    assert "un (" in refused.value.message.fr
    assert "deux (" in refused.value.message.fr
    assert "hush" not in refused.value.message.fr + caplog.text + repr(Endpoint("un", address))


def test_no_endpoint_at_all_is_said(client_of) -> None:
    with pytest.raises(ServiceError, match="none configured"):
        client_of().timestamp(DIGEST)


def test_a_slow_authority_does_not_hold_longer_than_its_time(
    authority: Authority, timestamps: TimestampServer, client_of
) -> None:
    timestamps.fault = Fault.SLOW
    started = time.monotonic()
    with pytest.raises(ServiceError):
        client_of(Endpoint("lent", timestamps.url, 0.3)).timestamp(DIGEST)
    assert time.monotonic() - started < 2


def test_an_authority_under_another_root_is_not_believed(
    authority: Authority, timestamps: TimestampServer, client_of
) -> None:
    stranger = make_authority()
    with pytest.raises(ServiceError, match="does not descend"):
        client_of(endpoint(timestamps, stranger)).timestamp(DIGEST)
    assert client_of(Endpoint("sans racine", timestamps.url)).timestamp(DIGEST)


def test_a_certificate_that_is_not_for_stamping_may_not_stamp(authority: Authority, client_of) -> None:
    unit = issue(
        subject("Serveur", organisation="Web"),
        issuer=authority.issuing,
        key=ec.generate_private_key(ec.SECP256R1()),
        at=datetime.datetime.now(datetime.UTC),
        extensions=((key_usage(digital_signature=True), True),),
    )
    with timestamp_server(unit, (authority.issuing,)) as server, pytest.raises(ServiceError, match="not for time"):
        client_of(endpoint(server, authority)).timestamp(DIGEST)


def test_the_certificates_of_an_authority_met_are_known(
    authority: Authority, timestamps: TimestampServer, client_of
) -> None:
    client = client_of(endpoint(timestamps, authority))
    assert client.certificates() == ()
    client.timestamp(DIGEST)
    assert client.certificates() == (authority.timestamp.der, authority.issuing.der, authority.root.der)


@pytest.mark.parametrize("cut", [0, 1, 5, 20, 200, 900])
def test_a_cut_answer_is_unbelievable_and_nothing_worse(authority: Authority, timestamps, cut: int) -> None:
    question = timestamp_token.ask(DIGEST)
    answer = timestamps.answer(question.encoded)
    with pytest.raises(timestamp_token.Unbelievable):
        timestamp_token.token_in(answer[:cut], question, anchors=(), now=datetime.datetime.now(datetime.UTC))
