"""The demonstration, as `make demo` plays it: a real daemon in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jesignd.cli.output import width

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.xdist_group("demonstration")]

HELD = re.compile(r"^ {2}(\S+/[^ ]+.*?) {2,}.* en attente (E\d\d)$")
TYPED = re.compile(r"^ {2}\$ (jesignd .*)$")
SEALED = re.compile(r"^ {2}(\S+/[^ ]+.*?) {2,}.* scellé B-\w+ +→ ged/")


def play(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jesignd", *arguments, "demo", "--once", "--dir", folder.name],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=folder.parent,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ici") / "demo"


@pytest.fixture(scope="module")
def first(place: Path) -> subprocess.CompletedProcess[str]:
    return play(place)


def cases(transcript: str) -> dict[str, tuple[str, str, str, str]]:
    """Of the second part, by file: code, reason, command, and `sealed` or what was said instead."""
    lines = transcript.partition("→ dépôt de 7 exports")[2].splitlines()[1:]
    found: dict[str, tuple[str, str, str, str]] = {}
    for number, line in enumerate(lines):
        held = HELD.match(line)
        if held is None:
            continue
        rest = lines[number + 1 :]
        until = next(place for place, one in enumerate(rest) if one.startswith("  ") and not one.startswith("   "))
        typed = TYPED.match(rest[until])
        told = next(one for one in rest[until:] if not typed or SEALED.match(one))
        sealed = SEALED.match(told)
        end = "sealed" if sealed and sealed[1] == held[1] else told.strip()
        reason = " ".join(one.strip() for one in rest[:until])
        found[held[1]] = (held[2], reason, typed[1] if typed else "", end)
    return found


def test_every_export_meets_its_fate(place, first):
    assert first.returncode == 0, first.stdout + first.stderr
    assert "16 livrés, 1 à signer, 2 en attente, 1 rejeté, 1 doublon, 1 refusé" in first.stdout
    assert "vérifiés : 16 sur 16 par jesignd" in first.stdout
    if shutil.which("pdfsig"):
        assert "16 sur 16 par pdfsig" in first.stdout
    assert "0,80\u202f€ HT ; solde 9,75\u202f€" in first.stdout
    assert (place / "rejets" / "neutre" / "BP_000627_202610_MAT-00021.pdf").exists()
    notice = (place / "rejets" / "neutre" / "BP_000627_202610_MAT-00021.erreur.txt").read_bytes()
    assert notice.startswith("\ufeff".encode())
    assert b"E03" in notice


@pytest.mark.parametrize(
    ("beginning", "code", "reason", "command", "end"),
    [
        ("h.besson/BP", "E13", "aucune délégation ne permet", "jesignd delegation grant h.besson@", "sealed"),
        ("l.nguyen/NH", "E13", "a expiré le", "jesignd delegation grant l.nguyen@", "sealed"),
        ("p.costa/INV", "E13", "a été révoquée", "jesignd delegation grant p.costa@", "sealed"),
        ("s.diallo/BP", "E13", "ne couvre ni cette nature", "jesignd delegation grant s.diallo@", "sealed"),
        ("neutre/ECC", "E24", "il manque le mandat du client 000627", "jesignd mandate add 000627", "sealed"),
        ("neutre/RH", "E17", "crédit insuffisant : 0,00", "jesignd credit topup 10", "sealed"),
        ("neutre/DEP", "E13", "décret n° 2022-1620", "", "un certificat qualifié s’achète"),
    ],
)
def test_each_hold_is_told_with_its_reason_its_remedy_and_its_end(first, beginning, code, reason, command, end):
    ((_, told),) = [(name, told) for name, told in cases(first.stdout).items() if name.startswith(beginning)]
    assert told[0] == code
    assert reason in told[1]
    assert told[2].startswith(command)
    assert end in told[3]


def test_what_was_held_is_let_go_by_the_daemon_that_held_it(place, first):
    (line,) = [line for line in first.stdout.splitlines() if "sans redémarrage" in line]
    assert re.search(r"6 documents libérés .*processus \d+, prêt à \d\d:\d\d:\d\d", line)
    assert (place / "jesignd.log").read_text(encoding="utf-8").count("started folders=") == 1


def test_no_line_is_wider_than_a_projector_and_none_is_coloured_in_a_file(first):
    assert [line for line in first.stdout.splitlines() if width(line) > 100] == []
    assert "\x1b" not in first.stdout


def test_neither_pin_nor_password_is_told_and_both_files_are_their_owners(place, first):
    for path in (place / "pki" / "i.menard.pin", place / "pki" / "i.menard.pass"):
        assert path.stat().st_mode & 0o077 == 0
        assert path.read_text(encoding="ascii") not in first.stdout + first.stderr


def test_a_second_run_seals_and_charges_nothing_twice(place, first):
    second = play(place, "--lang", "en")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "1 delivered" in second.stdout
    assert re.search(r"1[78] duplicate", second.stdout)
    assert "what they lacked was given in the first run" in second.stdout
    assert "balance 9,70\u202f€" in second.stdout
    assert len(list((place / "ged").rglob("*.pdf"))) == 17


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "précieux.txt").write_text("à moi", encoding="utf-8")
    answer = play(tmp_path)
    assert answer.returncode == 78
    assert "--dir" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["précieux.txt"]
