from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from jesignd.__main__ import main
from jesignd.testing.exports import FIRM, papers


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.svg"
    path.write_text(papers.logo(), encoding="utf-8")
    return path


def write(tmp_path: Path, *arguments: str) -> int:
    return main(["-c", str(tmp_path / "absent.yaml"), "guide", "-o", str(tmp_path / "guide.pdf"), *arguments])


def test_a_firm_without_a_configuration_gives_its_name_and_logo(tmp_path, logo, capsys):
    assert write(tmp_path, "--firm", "Cabinet Ménard", "--logo", str(logo), "--sender", "s@x.example") == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(tmp_path / "guide.pdf"), str(tmp_path / "guide.txt")]
    assert "--phone" in told.err
    assert "--sender" not in told.err
    assert len(pypdfium2.PdfDocument(tmp_path / "guide.pdf")) == 1
    assert "Cabinet Ménard vous envoie" in (tmp_path / "guide.txt").read_text(encoding="utf-8")


def test_the_configuration_gives_the_name_and_the_logo_of_its_firm(keyed, tmp_path, capsys):
    into = tmp_path / "guide.pdf"
    assert keyed.types("--format", "json", "guide", "--lang", "en", "-o", str(into)) == 0
    assert json.loads(capsys.readouterr().out)["written"] == [str(into), str(into.with_suffix(".txt"))]
    assert f"{FIRM.name} sends you" in into.with_suffix(".txt").read_text(encoding="utf-8").replace("\n", " ")


def test_nothing_is_ever_replaced(tmp_path, capsys):
    (tmp_path / "guide.txt").write_text("le mien", encoding="utf-8")
    assert write(tmp_path, "--firm", "Cabinet") == 78
    assert "déjà là" in capsys.readouterr().err
    assert (tmp_path / "guide.txt").read_text(encoding="utf-8") == "le mien"
    assert not (tmp_path / "guide.pdf").exists()


def test_without_a_name_nor_a_configuration_the_remedy_is_said(tmp_path, capsys):
    assert write(tmp_path) == 78
    assert "→" in capsys.readouterr().err
