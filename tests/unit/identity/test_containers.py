from __future__ import annotations

import datetime
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from jesignd.errors import CredentialError, NotAllowed
from jesignd.identity import containers, revocation_codes
from jesignd.identity.containers import Cost, new_key, open_container, relock
from jesignd.identity.credentials import WrongPin
from jesignd.pki import authority as pki
from jesignd.pki.profiles import Addresses, LegalPerson, NaturalPerson

AT = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
LIGHT = Cost(memory_kib=8 << 10, passes=1, lanes=1)
PIN = b"802451"


def certified(key: containers.FreshKey) -> tuple[bytes, bytes]:
    root = pki.make_root(LegalPerson("Équerre", "Racine", "732829320"), at=AT)
    addresses = Addresses("http://pki.cabinet-equerre.fr")
    claire = NaturalPerson("Claire", "Martin", "0A")
    return pki.issue_person(root, claire, key.public, at=AT, years=3, addresses=addresses), root.der


@pytest.fixture(scope="module")
def chain_and_container() -> tuple[tuple[bytes, bytes], bytes]:
    key = new_key()
    chain = certified(key)
    return chain, key.lock(chain, PIN, cost=LIGHT)


def test_the_pin_opens_and_the_key_signs(chain_and_container) -> None:
    (own, above), container = chain_and_container
    opened = open_container(container, PIN)
    assert (opened.certificate, opened.chain) == (own, (above,))
    public = x509.load_der_x509_certificate(own).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(opened.sign(b"data"), b"data", ec.ECDSA(hashes.SHA256()))


@given(st.binary(max_size=40))
@settings(max_examples=25, deadline=None)
def test_no_other_pin_ever_opens(chain_and_container, pin: bytes) -> None:
    _, container = chain_and_container
    if pin != PIN:
        with pytest.raises(WrongPin):
            open_container(container, pin)


def test_whatever_part_is_changed_it_no_longer_opens(chain_and_container) -> None:
    _, container = chain_and_container
    shape = json.loads(container)
    for name, value in shape.items():
        other = value + 1 if isinstance(value, int) else value[::-1]
        if name == "certificates":
            other = [*value, value[0]]
        changed = json.dumps({**shape, name: other}).encode()
        with pytest.raises(CredentialError):
            open_container(changed, PIN)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"nonsense", b'{"version": 1, "kdf": "argon2id"}'])
def test_what_is_no_container_is_told_so(data: bytes) -> None:
    with pytest.raises(CredentialError):
        open_container(data, PIN)


def test_a_container_that_asks_for_all_the_memory_is_refused_at_once(chain_and_container) -> None:
    _, container = chain_and_container
    greedy = json.dumps({**json.loads(container), "memory_kib": 1 << 30}).encode()
    with pytest.raises(CredentialError):
        open_container(greedy, PIN)


def test_relocked_it_is_the_same_key_under_another_pin(chain_and_container) -> None:
    _, container = chain_and_container
    opened = open_container(container, PIN)
    again = relock(opened, b"une autre phrase", cost=LIGHT)
    assert open_container(again, b"une autre phrase").certificate == opened.certificate
    with pytest.raises(WrongPin):
        open_container(again, PIN)


def test_a_key_is_not_put_away_with_somebody_elses_certificate() -> None:
    with pytest.raises(CredentialError):
        new_key().lock(certified(new_key()), PIN, cost=LIGHT)


def test_an_empty_pin_locks_nothing() -> None:
    key = new_key()
    with pytest.raises(NotAllowed):
        key.lock(certified(key), b"", cost=LIGHT)


def test_nothing_that_is_shown_holds_the_key(chain_and_container) -> None:
    opened = open_container(chain_and_container[1], PIN)
    number = opened._key.private_numbers().private_value
    assert "private" not in repr(opened).lower()
    assert str(number) not in repr(opened)
    assert "object" not in repr(new_key())


def test_a_revocation_code_is_known_again_however_it_is_typed() -> None:
    code = revocation_codes.new_code()
    kept = revocation_codes.keep(code)
    assert code not in kept
    assert code.replace("-", "") not in kept
    for typed in (code, code.lower(), code.replace("-", ""), f" {code} ", code.replace("1", "I").replace("0", "o")):
        assert revocation_codes.matches(typed, kept)
    assert not revocation_codes.matches(revocation_codes.new_code(), kept)
    assert not revocation_codes.matches(code, None)
    assert not revocation_codes.matches("", "")
