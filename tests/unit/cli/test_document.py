from __future__ import annotations

import json


def test_the_list_says_what_each_document_is_and_why_it_waits(office, held, capsys):
    assert office.types("document", "list") == 0
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split()[:2] == ["reçu", "document"]
    for part in (held[:12], "en attente", "bulletin de paie", "E13", "24/11/2026 10:30:00"):
        assert part in line


def test_the_list_is_json_for_programs(office, held, capsys):
    assert office.types("--format", "jsonl", "document", "list") == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["id"], told["state"], told["code"], told["kind"]) == (held, "held", "E13", "BP")
    assert set(told["reason"]) == {"fr", "en"}


def test_the_list_can_be_of_one_state_only(office, held, capsys):
    assert office.types("document", "list", "--state", "delivered") == 0
    assert held[:12] not in capsys.readouterr().out


def test_why_tells_the_clues_every_rule_looked_at_and_the_remedy(office, held, capsys):
    assert office.types("document", "why", held[4:12]) == 0
    told = capsys.readouterr().out
    for part in (
        "nom du fichier",
        "✗ honoraires  (jesignd.yaml:60)",
        "nature : demandé NH, trouvé BP",
        "✓ bulletins  (jesignd.yaml:52)",
        "accordez-lui le droit",
    ):
        assert part in told


def test_why_speaks_english_when_asked(office, held, capsys):
    assert office.types("--lang", "en", "document", "why", held) == 0
    told = capsys.readouterr().out
    assert "kind: wanted NH, found BP" in told
    assert "grant the right" in told


def test_show_tells_the_story_with_its_dates(office, held, capsys):
    assert office.types("document", "show", held) == 0
    assert "24/11/2026 10:30:00  mis en attente  code=E13" in capsys.readouterr().out


def test_an_id_nobody_knows_exits_4(office, held, capsys):
    assert office.types("document", "show", "doc_ffff") == 4
    assert "doc_ffff" in capsys.readouterr().err


def test_nothing_has_run_yet_is_told_as_such(tmp_path, office, capsys):
    text = office.place.config.read_text(encoding="utf-8").replace(str(office.place.state), str(tmp_path / "neuf"))
    office.place.config.write_text(text, encoding="utf-8")
    assert office.types("document", "list") == 4
    assert "jesignd run" in capsys.readouterr().err
    assert not (tmp_path / "neuf").exists()
