"""A key in a PKCS#11 device, for which SoftHSM stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULES = (Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"))

PROGRAM = Path(__file__).with_name("token_program.py")


@pytest.fixture
def device(tmp_path: Path, tool) -> tuple[Path, dict[str, str]]:
    """A module and the environment in which it finds an empty token named `cabinet`, PIN 1234."""
    softhsm = tool("softhsm2-util")
    module = next((path for path in MODULES if path.exists()), None)
    if module is None:
        if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
            pytest.fail("the SoftHSM module is required and not where Debian puts it")
        pytest.skip("the SoftHSM module is not where Debian puts it")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf"), "TOKEN_HOME": str(tmp_path)}
    subprocess.run(
        [softhsm, "--init-token", "--free", "--label", "cabinet", "--pin", "1234", "--so-pin", "5678"],
        env=environment,
        check=True,
        capture_output=True,
    )
    return module, environment


@pytest.mark.parametrize(
    ("kind", "what"), [*(("ec", what) for what in ("use", "mismatch", "refusals", "person")), ("rsa", "use")]
)
def test_a_key_in_a_device_signs_or_says_why_not(device, kind: str, what: str) -> None:
    """In a process of its own, as the library reads its configuration once."""
    module, environment = device
    done = subprocess.run(
        [sys.executable, PROGRAM, str(module), kind, what],
        env=environment,
        cwd=environment["TOKEN_HOME"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.endswith("done\n"), done.stdout + done.stderr
