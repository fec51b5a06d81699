"""Setting up, told as a story: somebody types `init`, then each command it names, until all is green; nothing else."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jesignd.__main__ import main

FIRM = "Cabinet d’Équerre & Fils"
ACCOUNTANT_PASSWORD = "cheval correct agrafe batterie"
OFFICER_PASSWORD = "une agrafe pour trois chevaux"
ROOT, PIN = "la racine est dans son coffre", "802451"


@dataclass
class Keyboard:
    """Somebody with a terminal: what stands for something is filled in, what is asked for is answered."""

    root: Path
    config: Path = field(init=False)
    exports: Path = field(init=False)
    typed: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.config = self.root / "etc" / "jesignd.yaml"
        self.exports = self.root / "exports"
        self.exports.mkdir()
        (self.root / "carte.pdf").write_bytes(b"%PDF-1.7 carte d'identite")

    def run(self, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jesignd", "-c", str(self.config), *arguments],
            capture_output=True,
            text=True,
            input=answers,
            check=False,
            timeout=120,
        )

    def missing(self) -> list[tuple[str, str]]:
        """Each item that is missing, and its remedy; asked in this process, because it is asked so often."""
        with contextlib.redirect_stdout(io.StringIO()) as told, contextlib.redirect_stderr(io.StringIO()):
            code = main(["-c", str(self.config), "--format", "json", "init", "--status"])
        items = [item for step in json.loads(told.getvalue()) for item in step["items"] if not item["done"]]
        assert code == (3 if items else 0)
        return [(item["name"]["fr"], (item["remedy"] or {"fr": ""})["fr"]) for item in items]

    def types(self, command: str) -> None:
        """Type what was named, as it was named."""
        words = shlex.split(command)
        assert words[:3] == ["jesignd", "-c", str(self.config)], command
        rest = [self._filled(word, words) for word in words[3:]]
        done = self.run(*rest, answers=self._answers(rest))
        assert done.returncode == 0, (command, done.stderr)
        self.typed.append(" ".join(words[3:5]))

    def _filled(self, word: str, words: list[str]) -> str:
        officer = "officer" in words
        return {
            "IDENTIFIANT": "olivier" if officer else "ines",
            "COURRIEL": "olivier@equerre.example" if officer else "ines@equerre.example",
            "PRÉNOM": "Olivier" if officer else "Inès",
            "NOM": "Roy" if officer else "Ménard",
            "MOBILE": "06 12 34 56 78",
            "FICHIER": str(self.root / "carte.pdf"),
            "MONTANT": "10",
            "VIREMENT": "virement-1",
            "ADRESSE": "signature@equerre.example",
            "NUMÉRO": "01 23 45 67 89",
        }.get(word, word)

    def _answers(self, rest: list[str]) -> str:
        """A line for each secret that the command asks for."""
        asked = {
            ("user", "passwd"): OFFICER_PASSWORD if "olivier" in rest else ACCOUNTANT_PASSWORD,
            ("enrol", "accept"): ACCOUNTANT_PASSWORD,
            ("enrol", "approve"): OFFICER_PASSWORD,
            ("authority", "init"): ROOT,
            ("certificate", "issue"): f"{ACCOUNTANT_PASSWORD}\n{PIN}",
        }
        return asked.get((rest[0], rest[1]), "") + "\n"

    @contextlib.contextmanager
    def daemon(self) -> Iterator[None]:
        with (self.root / "journal.log").open("wb") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", "jesignd", "-c", str(self.config), "run"], stdout=log, stderr=log
            )
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(timeout=100)


@pytest.fixture
def keyboard(tmp_path: Path) -> Keyboard:
    return Keyboard(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_from_nothing_to_green_by_typing_what_is_named(keyboard: Keyboard, payslip: bytes) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = ("--state", str(keyboard.root / "var"), "--results", str(keyboard.root / "srv"))
    asked = ("--firm", FIRM, "--siren", "732829320", "--login", "ines", "--authority-url", f"http://127.0.0.1:{port}")
    begun = keyboard.run("init", "--yes", "--demo-authority", *asked, *places, "--export", str(keyboard.exports))
    assert begun.returncode == 3, begun.stderr
    (blanks, *_) = keyboard.missing()
    assert blanks[0] == "aucune valeur d’attente dans la configuration"
    text = keyboard.config.read_text(encoding="utf-8")
    keyboard.config.write_text("\n".join(line.split("   # À REMPLACER")[0] for line in text.splitlines()) + "\n")

    while commands := [remedy for _, remedy in keyboard.missing() if remedy.startswith("jesignd ")]:
        keyboard.types(commands[0])

    assert keyboard.typed == [
        "user add",
        "user passwd",
        "enrol start",
        "enrol identity",
        "enrol accept",
        "user add",
        "user passwd",
        "enrol approve",
        "authority init",
        "certificate issue",
        "credit topup",
        "guide --sender",
    ]
    assert [name for name, _ in keyboard.missing()] == ["un essai : un document scellé et livré"]
    with keyboard.daemon():
        hidden = keyboard.exports / ".BP.part"
        hidden.write_bytes(payslip)
        hidden.rename(keyboard.exports / "BP_000424_202610_MAT-00012.pdf")
        deadline = time.monotonic() + 90
        while keyboard.missing():
            assert time.monotonic() < deadline, (keyboard.root / "journal.log").read_text()
            time.sleep(0.5)
    done = keyboard.run("init", "--status")
    assert done.returncode == 0
    assert "✗" not in done.stdout
    assert "✓ 1. Enregistrer le cabinet, et un essai" in done.stdout
    assert "tout est prêt : jesignd run" in done.stderr
