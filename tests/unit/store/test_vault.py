from __future__ import annotations

import datetime
import hashlib
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jesignd import durable
from jesignd.domain.documents import Digest, DocumentId
from jesignd.errors import ServiceError, VerificationFailed
from jesignd.store.vault import Vault

DOCUMENT = DocumentId("doc_" + "ab" * 16)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_kept_is_found_by_its_digest(vault: Vault) -> None:
    with vault.batch() as keeper:
        kept = [keeper.keep([b"%PDF", str(number).encode()]) for number in range(64)]
        assert not vault.path(kept[0][0]).exists()
    assert kept[7] == (hashlib.sha256(b"%PDF7").hexdigest(), 5)
    assert [vault.read(digest) for digest, _ in kept] == [b"%PDF" + str(number).encode() for number in range(64)]
    assert files_of(vault.temporary_folder) == []


def test_the_same_bytes_are_kept_once(vault: Vault, tmp_path: Path) -> None:
    for _ in range(2):
        with vault.batch() as keeper:
            assert keeper.keep([b"same"]) == keeper.keep([b"sa", b"me"])
    assert len(files_of(tmp_path)) == 1


def test_an_exception_keeps_nothing(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), vault.batch() as keeper:  # noqa: PT012
        keeper.keep([b"one"])
        raise RuntimeError
    assert files_of(tmp_path) == []


def test_a_source_that_fails_is_not_taken_for_our_disk(vault: Vault, tmp_path: Path) -> None:
    def share_goes_away() -> Iterator[bytes]:
        yield b"begin"
        raise OSError(112, "Host is down")

    with vault.batch() as keeper:
        with pytest.raises(OSError, match="Host is down"):
            keeper.keep(share_goes_away())
        digest, _ = keeper.keep([b"another"])
    assert vault.read(digest) == b"another"
    assert len(files_of(tmp_path)) == 1


def test_a_disk_that_refuses_is_a_service_failure_and_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(ServiceError), vault.batch() as keeper:
            keeper.keep([b"x" * 50_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert files_of(tmp_path) == []


def test_bytes_that_changed_on_the_disk_are_never_given_out(vault: Vault) -> None:
    with vault.batch() as keeper:
        digest, _ = keeper.keep([b"true"])
    vault.path(digest).write_bytes(b"fals")
    with pytest.raises(VerificationFailed, match=digest):
        vault.read(digest)
    vault.path(digest).unlink()
    with pytest.raises(VerificationFailed, match="gone"):
        vault.read(digest)


def test_a_sealed_file_is_published_once_under_a_name_that_says_nothing_of_its_bytes(vault: Vault) -> None:
    final = vault.sealed_path(DOCUMENT, 0)
    results: list[list[bool]] = []
    for content in (b"first", b"second"):
        temporary = vault.temporary_folder / content.decode()
        temporary.write_bytes(content)
        results.append(vault.publish([(temporary, final)]))
    assert results == [[True], [False]]
    first = Digest(hashlib.sha256(b"first").hexdigest())
    assert vault.read_sealed(DOCUMENT, 0, first) == b"first"
    assert final.name == f"{DOCUMENT}.0.pdf"
    assert vault.sealed_path(DOCUMENT, 1) != final
    assert files_of(vault.temporary_folder) == []


def test_nothing_to_publish_is_nothing_done(vault: Vault) -> None:
    assert vault.publish([]) == []


def test_only_leftovers_from_before_the_start_are_discarded(vault: Vault) -> None:
    old, new = vault.temporary_folder / "old", vault.temporary_folder / "new"
    old.write_bytes(b"")
    new.write_bytes(b"")
    os.utime(old, (0, 0))
    assert vault.discard_leftovers(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)) == 1
    assert new.exists()


def test_the_vault_is_for_its_owner_only(vault: Vault, tmp_path: Path) -> None:
    with vault.batch() as keeper:
        keeper.keep([b"secret"])
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (tmp_path / "vault").rglob("*")}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700


def test_contents_are_synced_before_names_appear_and_names_before_the_batch_ends(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    for name in ("sync", "reveal", "sync_names"):
        real = getattr(durable, name)
        monkeypatch.setattr(
            durable, name, lambda *given, _real=real, _name=name: (order.append(_name), _real(*given))[1]
        )
    with vault.batch() as keeper:
        keeper.keep([b"a"])
    assert order == ["sync", "reveal", "sync_names"]
