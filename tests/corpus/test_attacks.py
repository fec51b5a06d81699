"""Published attacks: no file altered after it was signed is ever called valid."""

from __future__ import annotations

import re

import pytest
from asn1crypto import cms

from jesignd.domain.verdict import Outcome
from jesignd.pades.verify import verify

ORIGINALS = {
    "07c344_hugeDocument.pdf",
    "141df1_1_original-document.pdf",
    "28baef_3_original-document-shadowed-signed.pdf",
    "57b537_2_original-document-shadowed.pdf",
    "a3d33a_1_original-document.pdf",
}
"""Not altered after a signature: unsigned, or prepared before it."""

pytestmark = [pytest.mark.corpus, pytest.mark.slow, pytest.mark.filterwarnings("ignore::Warning")]


def test_no_file_altered_after_signing_is_valid_even_if_all_its_certificates_are_trusted(corpus, require):
    attacks = sorted((corpus / "attacks").glob("*.pdf"))
    require(len(attacks) > len(ORIGINALS), "the attacks are not in the corpus")
    accepted = []
    for path in attacks:
        data = path.read_bytes()
        outcome = verify(data, anchors=_everybody(data), name=path.name).outcome
        print(f"{outcome:<14} {path.name}")
        if path.name not in ORIGINALS and outcome not in (Outcome.INVALID, Outcome.INDETERMINATE):
            accepted.append(path.name)
    assert accepted == []


def _everybody(data: bytes) -> tuple[bytes, ...]:
    """Every certificate in any signature: trust is not what is tried here."""
    found: dict[bytes, None] = {}
    for value in re.finditer(rb"<([0-9A-Fa-f\s]{400,})>", data):
        try:
            signed = cms.ContentInfo.load(bytes.fromhex(value[1].decode()))["content"]
            found.update((one.chosen.dump(), None) for one in signed["certificates"])
        except (ValueError, TypeError, KeyError):
            continue
    return tuple(found)
