"""A throw-away PostgreSQL server, for the rooms that run on one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def _binaries() -> Path | None:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return newest[-1].parent if newest else None


def _run(*command: str | Path, cwd: Path) -> None:
    """As the account `postgres` when we are root, which the server refuses to be."""
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*account, *map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """Folder of the socket of a server that ends with the tests."""
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    memory = Path("/dev/shm")
    home = Path(tempfile.mkdtemp(prefix="jesignd-pg-", dir=memory if os.access(memory, os.W_OK) else None))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    data = home / "data"
    _run(binaries / "initdb", "-A", "trust", "-U", "jesignd", "-E", "UTF8", "--no-sync", "-D", data, cwd=home)
    options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
    control = binaries / "pg_ctl"
    _run(control, "-D", data, "-l", home / "log", "-o", options, "-w", "start", cwd=home)
    try:
        yield home
    finally:
        _run(control, "-D", data, "-m", "fast", "-w", "stop", cwd=home)
        shutil.rmtree(home)


@pytest.fixture
def new_postgresql(postgresql_server: Path) -> Callable[[], str]:
    """Empties the database and gives its address."""
    import psycopg

    def make() -> str:
        with psycopg.connect(host=str(postgresql_server), user="jesignd", dbname="postgres", autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'jesignd' AND pid <> pg_backend_pid()"
            )
            admin.execute("DROP SCHEMA IF EXISTS dbos CASCADE")
            admin.execute("DROP SCHEMA public CASCADE")
            admin.execute("CREATE SCHEMA public")
        return f"postgresql+psycopg://jesignd@/postgres?host={postgresql_server}"

    return make
