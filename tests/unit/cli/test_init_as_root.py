"""Set up by root, used by the service: who may read what is asked of the kernel, under the accounts themselves."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from jesignd.__main__ import main


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/usr/bin/python3").exists(),
    reason="only root can hand things over to another account",
)
def test_what_root_sets_up_the_service_can_read_and_write_and_nobody_else(monkeypatch):
    service = pwd.getpwnam("nobody")
    monkeypatch.setattr("jesignd.flow.install.ACCOUNT", service.pw_name)
    root = Path(tempfile.mkdtemp(dir="/var/tmp"))
    root.chmod(0o711)
    try:
        config = root / "etc" / "jesignd" / "jesignd.yaml"
        who = ("--firm", "Cabinet Ménard", "--siren", "123456782", "--accountant", "Inès Ménard")
        account = ("--email", "ines@cabinet.example", "--authority-url", "http://pki.cabinet.example")
        places = ("--state", str(root / "var"), "--results", str(root / "srv"))
        assert main(["-c", str(config), "init", "--yes", *who, *account, *places]) == 3
        keys = config.parent / "keys"
        readable = [config, *(keys / name for name in ("cachet.key", "cachet.pass", "enregistrement.secret"))]
        written = [root / "var", root / "var" / "jesignd.db", root / "var-pki", root / "srv" / "scelles"]
        told = as_account(service, *(f"-r:{path}" for path in readable), *(f"-w:{path}" for path in written))
        assert told == [True] * 8
        assert as_account(service, f"-w:{config}", f"-w:{config.parent}") == [False, False]
        other = pwd.getpwnam("daemon")
        assert not any(as_account(other, *(f"-r:{path}" for path in [*readable, *written])))
    finally:
        shutil.rmtree(root)


def as_account(account: pwd.struct_passwd, *asked: str) -> list[bool]:
    """What this account may do with each path, asked of the kernel by a process of its own."""
    code = "import os, sys; [print(os.access(one[3:], os.R_OK if one[1] == 'r' else os.W_OK)) for one in sys.argv[1:]]"
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code, *asked],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    return [line == "True" for line in done.stdout.splitlines()]
