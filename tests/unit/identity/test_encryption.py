from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.errors import CredentialError
from jesignd.identity.encryption import Encryption

BOX = Encryption(b"k" * 32)


@given(st.binary(max_size=2000))
def test_what_is_encrypted_always_comes_back_and_is_never_written_the_same_way(data):
    one, two = (BOX.encrypt(data, purpose="identity", owner="enr_1") for _ in range(2))
    assert one != two
    assert BOX.decrypt(one, purpose="identity", owner="enr_1") == data
    assert len(data) < 8 or data not in one


@pytest.mark.parametrize(
    ("box", "purpose", "owner"),
    [(Encryption(b"j" * 32), "identity", "enr_1"), (BOX, "totp", "enr_1"), (BOX, "identity", "enr_2")],
)
def test_it_opens_for_nothing_and_nobody_else(box, purpose, owner):
    kept = BOX.encrypt(b"passeport", purpose="identity", owner="enr_1")
    with pytest.raises(CredentialError):
        box.decrypt(kept, purpose=purpose, owner=owner)


@pytest.mark.parametrize("place", [0, 1, 13, -1])
def test_one_changed_byte_is_noticed(place):
    kept = bytearray(BOX.encrypt(b"passeport", purpose="identity", owner="enr_1"))
    kept[place] ^= 1
    with pytest.raises(CredentialError):
        BOX.decrypt(bytes(kept), purpose="identity", owner="enr_1")


@pytest.mark.parametrize("kept", [b"", b"\x01", b"\x01" * 12])
def test_rubbish_is_refused_as_such(kept):
    with pytest.raises(CredentialError):
        BOX.decrypt(kept, purpose="identity", owner="enr_1")


def test_a_short_secret_is_refused():
    with pytest.raises(CredentialError):
        Encryption(b"k" * 31)
