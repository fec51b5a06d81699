"""The demonstration, as `make demo` plays it: a real daemon in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def play(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jesignd", *arguments, "demo", "--once", "--dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )


def test_every_export_meets_its_fate_twice_over(tmp_path):
    place = tmp_path / "demo"
    first = play(place)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "10 livrés" in first.stdout
    assert "vérifiés : 10 sur 10 par jesignd" in first.stdout
    if shutil.which("pdfsig"):
        assert "10 sur 10 par pdfsig" in first.stdout
    assert "0,50\u202f€ HT ; solde 9,50\u202f€" in first.stdout
    assert (place / "rejets" / "neutre" / "BP_000627_202610_MAT-00021.pdf").exists()
    notice = (place / "rejets" / "neutre" / "BP_000627_202610_MAT-00021.erreur.txt").read_bytes()
    assert notice.startswith("\ufeff".encode())
    assert b"E03" in notice

    second = play(place, "--lang", "en")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "1 delivered" in second.stdout
    assert re.search(r"1[01] duplicate", second.stdout)
    assert "balance 9,45\u202f€" in second.stdout
    assert len(list((place / "ged").rglob("*.pdf"))) == 11


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "précieux.txt").write_text("à moi", encoding="utf-8")
    answer = play(tmp_path)
    assert answer.returncode == 78
    assert "--dir" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["précieux.txt"]
