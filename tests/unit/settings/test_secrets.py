from __future__ import annotations

import os
from pathlib import Path

import pytest

from jesignd.errors import CredentialError
from jesignd.settings.model.keys import Secret
from jesignd.settings.secrets import resolve


def test_a_secret_of_the_environment_is_found() -> None:
    assert resolve(Secret(env="PIN"), {"PIN": "1234"}) == b"1234"


def test_a_secret_of_systemd_is_found_in_its_directory(tmp_path: Path) -> None:
    (tmp_path / "cachet.pin").write_bytes(b"1234\n")
    assert resolve(Secret(credential="cachet.pin"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == b"1234"


def test_a_secret_of_systemd_without_systemd_says_how_to_get_it() -> None:
    with pytest.raises(CredentialError) as refused:
        resolve(Secret(credential="cachet.pin"), {})
    assert refused.value.hint is not None
    assert "LoadCredential=cachet.pin" in refused.value.hint.fr


@pytest.mark.parametrize(
    ("written", "secret"), [(b"a b\n", b"a b"), (b"a\r\n", b"a"), (b"a\n\n", b"a\n"), (b" a ", b" a ")]
)
def test_only_one_end_of_line_is_taken_off_a_file(tmp_path: Path, written: bytes, secret: bytes) -> None:
    assert resolve(Secret(file=str(_file(tmp_path, written)))) == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = _file(tmp_path, b"sesame")
    path.chmod(mode)
    with pytest.raises(CredentialError, match="others may read") as refused:
        resolve(Secret(file=str(path)))
    assert "sesame" not in str(refused.value.message)


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file away needs root")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, b"sesame")
    os.chown(path, 12345, 12345)
    with pytest.raises(CredentialError):
        resolve(Secret(file=str(path)))


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 70_000])
def test_an_empty_or_huge_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CredentialError):
        resolve(Secret(file=str(_file(tmp_path, content))))


def test_a_secret_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for secret in (Secret(env="NOTHING"), Secret(file=str(tmp_path / "nothing")), Secret(file=str(tmp_path))):
        with pytest.raises(CredentialError):
            resolve(secret, {})


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(CredentialError):
        resolve(Secret(file=str(tmp_path / "pipe")))


def _file(directory: Path, content: bytes) -> Path:
    path = directory / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    return path
