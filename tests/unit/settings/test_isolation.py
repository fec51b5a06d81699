from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jesignd.errors import SettingsError
from jesignd.settings.load import load
from jesignd.settings.location import Location

Lay = Callable[..., list[str]]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """The French faults of a configuration whose directories are those given; an empty list when there are none."""

    def lay_out(**paths: Path | str) -> list[str]:
        where = {
            name: str(tmp_path / "sites" / name) for name in ("state", "source", "out", "archive", "rejects", "key")
        }
        where |= {name: str(path) for name, path in paths.items()}
        config = tmp_path / "jesignd.yaml"
        config.write_text(_TEXT.format(**where), encoding="utf-8")
        config.chmod(0o600)
        try:
            load(config)
        except SettingsError as refused:
            return [fault.fr for fault in refused.faults]
        return []

    return lay_out


_TEXT = """\
version: 1
firm: {{name: Cabinet, siren: "123456782"}}
storage: {{state: "{state}"}}
keys: {{k: {{backend: pkcs12, file: "{key}"}}}}
folders:
  - {{name: f, path: "{source}", acts_as: p, after: archive, archive: "{archive}", rejects: "{rejects}"}}
destinations: [{{name: d, path: "{out}"}}]
rules: [{{name: r, when: {{kind: BP}}, seal: {{key: k, level: B-B}}, deliver: d}}]
"""


def test_places_of_their_own_are_accepted_whether_they_exist_or_not(lay: Lay, tmp_path: Path) -> None:
    (tmp_path / "sites" / "source").mkdir(parents=True)
    assert lay() == []


def test_rejects_may_lie_in_the_destination(lay: Lay) -> None:
    assert lay(out="/srv/essai/retours", rejects="/srv/essai/retours/_rejets") == []


def test_a_key_may_lie_in_the_state(lay: Lay) -> None:
    assert lay(state="/srv/essai/etat", key="/srv/essai/etat/cles/k.p12") == []


def test_names_that_only_begin_alike_are_apart(lay: Lay) -> None:
    assert lay(source="/srv/essai/paie", out="/srv/essai/paie-scelles") == []


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("out", "source"),
        ("source", "out"),
        ("state", "source"),
        ("source", "state"),
        ("archive", "source"),
        ("archive", "out"),
        ("rejects", "source"),
        ("state", "out"),
        ("rejects", "state"),
        ("key", "source"),
        ("key", "out"),
        ("key", "archive"),
    ],
)
def test_what_must_be_apart_may_not_be_nested(lay: Lay, inner: str, outer: str) -> None:
    (fault,) = lay(**{outer: "/srv/essai/dehors", inner: "/srv/essai/dehors/a/dedans"})
    assert "recouvre /srv/essai/dehors" in fault


def test_a_symbolic_link_into_a_watched_folder_is_seen_through(lay: Lay, tmp_path: Path) -> None:
    source = tmp_path / "sites" / "source"
    source.mkdir(parents=True)
    (tmp_path / "elsewhere").symlink_to(source)
    (fault,) = lay(out=tmp_path / "elsewhere" / "scelles")
    assert "un dossier surveillé" in fault


def test_a_link_in_the_middle_of_a_path_is_seen_through(lay: Lay, tmp_path: Path) -> None:
    (tmp_path / "sites" / "state" / "deep").mkdir(parents=True)
    (tmp_path / "way").symlink_to(tmp_path / "sites" / "state" / "deep", target_is_directory=True)
    (fault,) = lay(source=tmp_path / "way" / "in")
    assert "l’état du service" in fault


def test_a_loop_of_links_is_no_reason_to_fail(lay: Lay, tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    assert lay(out=tmp_path / "one" / "x") == []


def test_another_case_or_unicode_form_is_the_same_place(lay: Lay) -> None:
    decomposed = unicodedata.normalize("NFD", "/srv/ESSAI/Réception/out")
    (fault,) = lay(source="/srv/essai/réception", out=decomposed)
    assert "un dossier surveillé" in fault


def test_neither_data_nor_the_programs_lie_within_the_other(lay: Lay) -> None:
    package = Path(load.__code__.co_filename).parents[1]
    for path in (package / "data", package.parent, Path(sys.prefix) / "share" / "x"):
        faults = lay(source=path)
        assert len(faults) == 1, path
        assert "données et programmes ne se mêlent pas" in faults[0]


def test_a_directory_python_imports_from_may_not_lie_in_a_watched_folder(
    lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = tmp_path / "sites" / "source" / "modules"
    modules.mkdir(parents=True)
    monkeypatch.syspath_prepend(modules)
    (fault,) = lay()
    assert "contient des programmes" in fault


def test_a_directory_commands_are_found_in_may_not_be_a_destination(
    lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sites" / "out").mkdir(parents=True)
    monkeypatch.setenv("PATH", str(tmp_path / "sites" / "out"))
    (fault,) = lay()
    assert "contient des programmes" in fault


def test_the_root_directory_is_nobodys(lay: Lay) -> None:
    assert lay(source="/")


@pytest.mark.parametrize(
    "path", ["/mnt/srv/Quadra/DATABASE/cpta/DC", "/srv/QUADRATUS/database", "/mnt/quadra/serveur/Database/paie"]
)
@pytest.mark.parametrize("name", ["source", "out", "archive", "rejects", "state"])
def test_the_live_databases_of_quadra_are_never_touched(lay: Lay, name: str, path: str) -> None:
    assert any("jamais sous Quadra/DATABASE" in fault for fault in lay(**{name: path}))


def test_a_link_to_the_live_databases_is_seen_through(lay: Lay, tmp_path: Path) -> None:
    live = tmp_path / "Quadra" / "DATABASE"
    live.mkdir(parents=True)
    (tmp_path / "innocent").symlink_to(live)
    assert any("jamais sous Quadra/DATABASE" in fault for fault in lay(source=tmp_path / "innocent"))


def test_the_configuration_may_not_lie_where_files_are_dropped(lay: Lay, tmp_path: Path) -> None:
    faults = lay(source=tmp_path)
    assert any("ce fichier de configuration" in fault for fault in faults)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_configuration_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    config = tmp_path / "jesignd.yaml"
    config.write_text((Path(__file__).parent / "sound.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    config.chmod(mode)
    with pytest.raises(SettingsError) as refused:
        load(config)
    assert "chmod go-w" in refused.value.faults[0].fr


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """One directory under two names that no link explains."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    done = subprocess.run(["mount", "--bind", str(one), str(other)], capture_output=True, check=False)
    if done.returncode:
        if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
            pytest.fail("bind mounts are required, and need root")
        pytest.skip("bind mounts need root")
    yield one, other
    subprocess.run(["umount", str(other)], check=True)


def test_a_bind_mount_is_seen_through(mounted: tuple[Path, Path]) -> None:
    one, other = mounted
    assert Location.of(str(other / "below" / "here")).inside(Location.of(str(one)))
