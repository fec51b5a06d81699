from __future__ import annotations

import pytest

from jesignd.errors import NotAllowed
from jesignd.identity import passwords


def test_a_password_is_kept_as_argon2id_and_recognised_however_its_accents_are_typed():
    kept = passwords.keep("é" * 2 + "lan vital du matin")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches("e\u0301" * 2 + "lan vital du matin", kept)
    assert not passwords.matches("élan vital du matin", kept)
    assert not passwords.is_outdated(kept)


def test_nobody_has_no_password():
    assert not passwords.matches("abcdefghijklmnop", None)


@pytest.mark.parametrize("weak", ["", "court", "a" * 40, "abababababababab", "x" * 11, "p" * 300])
def test_weak_passwords_are_refused(weak):
    with pytest.raises(NotAllowed):
        passwords.keep(weak)
