from __future__ import annotations

import pytest

from jesignd.domain.firm import INCLUDED, Right

EXPECTED = {
    Right.PREPARE: {Right.PREPARE, Right.LAUNCH, Right.SIGN},
    Right.LAUNCH: {Right.LAUNCH, Right.SIGN},
    Right.SIGN: {Right.SIGN},
    Right.SEAL: {Right.SEAL},
}
"""For each right asked, the rights any of which is enough: written apart from the code."""


@pytest.mark.parametrize("asked", list(Right))
def test_rights_include_each_other_as_the_firm_was_told(asked):
    assert {held for held in Right if asked in INCLUDED[held]} == EXPECTED[asked]
