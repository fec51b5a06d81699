"""JSON sidecars: read to the letter, limited, and never half believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.recognition import Doubtful, Trait
from jesignd.errors import Code
from jesignd.plugin.contract import Attached
from jesignd.plugin.conventions.declared import Declared
from jesignd.plugin.conventions.sidecars import MAX_BYTES, read_sidecar

NAME = "BP_000424_202610_MAT-00012.pdf"
PERSON = {
    "ordre": 1,
    "role": "client",
    "civilite": "Mme",
    "nom": "Dupont",
    "prenom": "Jeanne",
    "email": "jeanne@example.test",
    "mobile": "06 00 00 00 00",
    "zone": {"page": -1, "x": 200, "y": 700},
}
FULL = {
    "jesign": 1,
    "origine": {"systeme": "quadra", "id": "QP-1"},
    "dossier": {"code": "000424", "siren": "732829320", "raison_sociale": "Équerre SARL"},
    "type": "BP",
    "periode": "2026-10",
    "matricule": "00012",
    "fichier": NAME,
    "taille": 48213,
    "sha256": "AB" * 32,
    "operation": "cachet",
    "signataires": [PERSON],
}


def read(content, encoding="utf-8"):
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode(encoding)
    return read_sidecar(Attached("a/b.json", data), NAME)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_full_sidecar_is_read_in_every_encoding_exports_use(encoding):
    declared = read(FULL, encoding)

    said = {clue.trait: clue.value for clue in declared.clues}
    assert said[Trait.CLIENT_NAME] == "Équerre SARL"
    assert (said[Trait.PERIOD], said[Trait.ACT], said[Trait.SIZE]) == ("2026-10", "seal", "48213")
    assert said[Trait.DIGEST] == "ab" * 32
    assert declared.signatories[0].mobile == "+33600000000"
    assert declared.notes == ()


def test_an_unknown_key_is_passed_over_with_a_note():
    declared = read({**FULL, "couleur": "bleu"})

    assert isinstance(declared, Declared)
    assert "couleur" in declared.notes[0].fr


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"jesign": 2}, Code.AMBIGUOUS),
        ({"jesign": True}, Code.AMBIGUOUS),
        ({"type": 5}, Code.AMBIGUOUS),
        ({"type": "ZZZ"}, Code.UNKNOWN_KIND),
        ({"periode": "2026-13"}, Code.AMBIGUOUS),
        ({"dossier": "000424"}, Code.AMBIGUOUS),
        ({"dossier": {"code": 424}}, Code.AMBIGUOUS),
        ({"dossier": {"code": "000424", "siren": "732829321"}}, Code.AMBIGUOUS),
        ({"taille": "48213"}, Code.AMBIGUOUS),
        ({"taille": -1}, Code.AMBIGUOUS),
        ({"sha256": "abc"}, Code.AMBIGUOUS),
        ({"fichier": "autre.pdf"}, Code.AMBIGUOUS),
        ({"operation": "détruire"}, Code.AMBIGUOUS),
        ({"matricule": "a\nb"}, Code.AMBIGUOUS),
        ({"signataires": {}}, Code.AMBIGUOUS),
        ({"signataires": [{**PERSON, "email": ""}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "email": "jeanne"}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "nom": " "}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "ordre": "1"}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "mobile": "12"}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "zone": {"page": 0, "x": 1, "y": 1}}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "zone": {"page": 1, "x": float("1e9"), "y": 1}}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [PERSON, PERSON]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [PERSON] * 60}, Code.SIGNATORY_INCOMPLETE),
    ],
)
def test_what_is_not_understood_holds_the_document(change, code):
    doubt = read({**FULL, **change})

    assert isinstance(doubt, Doubtful)
    assert doubt.code is code
    assert doubt.hint is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"jesign": 1, "jesign": 1}',
        b'{"jesign": 1, "taille": NaN}',
        b'{"jesign": 1, "taille": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"jesign":1,"x":' + b"[" * 20 + b"]" * 20 + b"}",
        b"\xff\xfe\x00",
        b'{"jesign": 1, "x": "' + b"a" * MAX_BYTES + b'"}',
    ],
)
def test_a_hostile_sidecar_holds_the_document(data):
    assert isinstance(read(data), Doubtful)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*FULL, *PERSON, "code", "x"]), inner, max_size=6)
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_doubted_and_never_fails(content):
    assert isinstance(read(json.dumps(content).encode()), Declared | Doubtful)


@given(st.binary(max_size=200))
def test_any_bytes_are_doubted_and_never_fail(data):
    assert isinstance(read(data), Doubtful)
