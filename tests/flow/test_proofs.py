"""The proof of one sealed document, from the export to a stranger's check of the file that was delivered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jesignd.testing.cabinet import PIN, Cabinet

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_delegation.py"
NAME = "BP_000424_202610_MAT-00012.pdf"


def test_who_had_a_delivered_file_sealed_and_under_which_delegation_is_checked_without_us(office, payslip, tmp_path):
    with office.store() as database:
        cabinet = Cabinet(database, office.now, office.authority)
        cabinet.undertakes(cabinet.newcomer("ines"))
    office.config.write_text(office.config.read_text(encoding="utf-8").replace("acts_as: claire", "acts_as: ines"))
    order = ("--by", "claire", "--right", "sceller", "--until", "2099-12-31")
    assert office.run_command("delegation", "grant", "ines@jlm.example", *order, typed=PIN.decode()).returncode == 0
    office.start()
    office.drop(NAME, payslip)
    office.wait_for(lambda: len(office.sealed_files()) == 1)
    office.wait_until_settled(1)
    (document,) = office.documents()
    (sealed,) = office.sealed_files()

    proof = tmp_path / "preuve.json"
    assert office.run_command("document", "proof", document.id, "-o", str(proof)).returncode == 0
    root = office.root / "racine.pem"

    def judged(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(SCRIPT), str(proof), "--root", str(root), "--file", str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    good = judged(sealed)
    assert good.returncode == 0, good.stdout + good.stderr
    assert [line.split()[0] for line in good.stdout.splitlines()] == ["good", "good", "good"]
    other = tmp_path / "autre.pdf"
    other.write_bytes(sealed.read_bytes() + b"\n")
    bad = judged(other)
    assert (bad.returncode, bad.stdout.splitlines()[-1].split()[0]) == (1, "forged")
