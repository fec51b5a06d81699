"""The units are read by systemd's own tools, which need no running systemd."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[3] / "systemd"
EXPOSURE = 25
"""Tenths of a point on the scale of `systemd-analyze security`; below 25 it says « OK »."""


@pytest.fixture(params=["jesignd.service", "jesignd-web.service"])
def unit(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    if shutil.which("systemd-analyze") is None:
        assert not os.environ.get("JESIGND_REQUIRE_TOOLS"), "systemd-analyze is required here"
        pytest.skip("systemd-analyze is not installed")
    text = (UNITS / request.param).read_text(encoding="utf-8")
    path = tmp_path / str(request.param)
    path.write_text(text.replace("/opt/jesignd/bin/jesignd", "/usr/bin/true"), encoding="utf-8")
    return path


def analyze(*arguments: str | os.PathLike[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )


def test_systemd_understands_every_line_of_the_unit(unit):
    verdict = analyze("verify", "--man=no", unit)
    complaints = [line for line in verdict.stderr.splitlines() if unit.name in line]
    assert complaints == []


def test_the_unit_exposes_little(unit):
    verdict = analyze("security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", unit)
    assert verdict.returncode == 0, verdict.stdout[-400:] + verdict.stderr


def test_the_unit_waits_to_be_told_ready_and_keeps_a_broken_configuration_out():
    text = (UNITS / "jesignd.service").read_text(encoding="utf-8")
    for line in ("Type=notify", "WatchdogSec=60", "ExecStartPre=/opt/jesignd/bin/jesignd config check"):
        assert line in text.splitlines()
    assert re.search(r"^RestartPreventExitStatus=.*\b78\b", text, re.MULTILINE)


def test_no_secret_and_no_key_stands_in_the_units():
    for path in [*UNITS.glob("*.service"), *UNITS.glob("*/*.conf")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?im)^\s*(SetCredential|Environment=\S*(PASS|PIN|SECRET))", text)


def test_the_program_that_listens_is_given_no_credential_and_sees_no_key():
    text = (UNITS / "jesignd-web.service").read_text(encoding="utf-8")
    assert "LoadCredential" not in text
    hidden = next(line for line in text.splitlines() if line.startswith("InaccessiblePaths="))
    assert {"-/etc/jesignd/keys", "-/etc/jesignd/credentials", "-/var/lib/jesignd-pki"} <= set(
        hidden.partition("=")[2].split()
    )
