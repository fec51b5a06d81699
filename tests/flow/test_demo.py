"""The demonstration, as `make demo` plays it: a real daemon in a process of its own."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sharing import once

from jesignd.cli.output import width
from jesignd.store.database import Database
from jesignd.testing.exports import ACCOUNTANT, FIRM
from jesignd.testing.practice import open_practice

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

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


@dataclass(frozen=True)
class Played:
    """Two runs in one folder; what is told of the first was read before the second."""

    first: subprocess.CompletedProcess[str]
    starts: int
    notice: bytes
    secrets: tuple[str, ...]
    open_to_others: int
    second: subprocess.CompletedProcess[str]
    delivered: int


def play_twice(place: Path) -> Played:
    folder = place / "demo"
    first = play(folder)
    assert first.returncode == 0, first.stdout + first.stderr
    log = (folder / "jesignd.log").read_text(encoding="utf-8")
    notice = (folder / "rejets" / "neutre" / "BP_000627_202610_MAT-00021.erreur.txt").read_bytes()
    kept = [folder / "pki" / "i.menard.pin", folder / "pki" / "i.menard.pass"]
    second = play(folder, "--lang", "en")
    return Played(
        first,
        log.count("started folders="),
        notice,
        tuple(path.read_text(encoding="ascii") for path in kept),
        sum(path.stat().st_mode & 0o077 for path in kept),
        second,
        len(list((folder / "ged").rglob("*.pdf"))),
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return once(tmp_path_factory, "demonstration", play_twice)


@pytest.fixture(scope="module")
def told(played: Played) -> str:
    """The transcript of the first run."""
    return played.first.stdout


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


def test_every_export_meets_its_fate(played, told):
    assert "16 livrés, 1 à signer, 2 en attente, 1 rejeté, 1 doublon, 1 refusé" in told
    assert "vérifiés : 16 sur 16 par jesignd" in told
    if shutil.which("pdfsig"):
        assert "16 sur 16 par pdfsig" in told
    assert "0,80\u202f€ HT ; solde 9,75\u202f€" in told
    assert played.notice.startswith("\ufeff".encode())
    assert b"E03" in played.notice


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
def test_each_hold_is_told_with_its_reason_its_remedy_and_its_end(told, beginning, code, reason, command, end):
    (case,) = [case for name, case in cases(told).items() if name.startswith(beginning)]
    assert case[0] == code
    assert reason in case[1]
    assert case[2].startswith(command)
    assert end in case[3]


def test_what_was_held_is_let_go_by_the_daemon_that_held_it(played, told):
    (line,) = [line for line in told.splitlines() if "sans redémarrage" in line]
    assert re.search(r"6 documents libérés .*processus \d+, prêt à \d\d:\d\d:\d\d", line)
    assert played.starts == 1


def test_no_line_is_wider_than_a_projector_and_none_is_coloured_in_a_file(played, told):
    shown = told + played.second.stdout + played.second.stderr
    assert [line for line in shown.splitlines() if width(line) > 100] == []
    assert "\x1b" not in told


def test_neither_pin_nor_password_is_told_and_both_files_are_their_owners(played):
    said = played.first.stdout + played.first.stderr + played.second.stdout + played.second.stderr
    assert [secret for secret in played.secrets if secret in said] == []
    assert len(set(played.secrets)) == 2
    assert played.open_to_others == 0


def test_a_second_run_seals_and_charges_nothing_twice(played):
    second = played.second
    assert second.returncode == 0, second.stdout + second.stderr
    assert "1 delivered" in second.stdout
    assert re.search(r"1[78] duplicate", second.stdout)
    assert "what they lacked was given in the first run" in second.stdout
    assert "balance 9,70\u202f€" in second.stdout
    assert played.delivered == 17


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "précieux.txt").write_text("à moi", encoding="utf-8")
    answer = play(tmp_path)
    assert answer.returncode == 78
    assert "--dir" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["précieux.txt"]


def test_a_folder_of_a_former_version_is_refused_and_named(tmp_path):
    folder = tmp_path / "demo"
    (folder / "etat").mkdir(parents=True)
    (folder / ".jesignd-demo").write_text("1\n", encoding="ascii")
    database = Database.open(f"sqlite:///{folder}/etat/jesignd.db")
    now = datetime.datetime.now(datetime.UTC)
    open_practice(database, clock=lambda: now, siren=FIRM.siren, login=ACCOUNTANT.login)
    database.close()
    answer = play(folder)
    assert answer.returncode == 78
    assert "version antérieure" in answer.stderr
    assert "--dir" in answer.stderr
