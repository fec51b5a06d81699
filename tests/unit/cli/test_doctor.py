from __future__ import annotations

import json

import pytest

from jesignd.testing.exports import FIRM


def findings(office, capsys, *arguments):
    code = office.types("--format", "json", "doctor", *arguments)
    return code, json.loads(capsys.readouterr().out)


def test_a_sound_part_is_in_order_and_exits_0(keyed, capsys):
    code, found = findings(keyed, capsys, "--only", "keys", "--only", "folders", "--only", "plugins", "--only", "trust")
    assert code == 0
    assert {one["grade"] for one in found} == {"ok"}


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("folders", lambda place: (place.exports / "neutre" / ".jesignd-root").unlink()),
        ("folders", lambda place: (place.rejects / "neutre").rmdir()),
        ("keys", lambda place: (place.keys / "cachet.pass").write_bytes(b"wrong")),
        ("keys", lambda place: (place.keys / "cachet.p12").unlink()),
        ("trust", lambda place: (place.keys / "racine.crl").write_bytes(b"no list")),
    ],
)
def test_what_is_wrong_is_found_with_a_remedy_and_exits_3(keyed, part, spoil, capsys):
    spoil(keyed.place)
    code, found = findings(keyed, capsys, "--only", part)
    assert code == 3
    wrong = [one for one in found if one["grade"] == "error"]
    assert wrong
    assert all(one["message"]["fr"] for one in wrong)


def test_a_folder_that_acts_as_somebody_who_may_not_seal_is_an_error_with_its_remedy(keyed, capsys):
    assert findings(keyed, capsys, "--only", "people")[0] == 0
    keyed.types("firm", "leave", FIRM.siren, "i.menard")
    capsys.readouterr()

    code, (found,) = findings(keyed, capsys, "--only", "people")

    assert (code, found["subject"]) == (3, "neutre")
    assert found["message"]["fr"].startswith("« i.menard » : aucune délégation")
    assert "jesignd delegation grant" in found["remedy"]["fr"]


def test_an_authority_that_does_not_answer_is_an_error(keyed, capsys):
    code, found = findings(keyed, capsys, "--only", "time")
    assert code == 3
    assert found[0]["subject"] == "locale"


def test_a_warning_counts_only_when_asked(keyed, capsys):
    assert findings(keyed, capsys, "--only", "state")[0] == 0
    assert findings(keyed, capsys, "--only", "state", "--strict")[0] == 1


def test_the_checkup_is_text_for_people(keyed, capsys):
    keyed.types("doctor", "--only", "state")
    assert "→ systemctl start jesignd" in capsys.readouterr().out
