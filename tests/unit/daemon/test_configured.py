"""A configuration is made whole before it counts; what is broken in it holds only what depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jesignd.confined import Limits, Pool
from jesignd.daemon.configured import Configured, configure, needs_restart
from jesignd.daemon.house import now
from jesignd.errors import SettingsError
from jesignd.plugin.installed import Installed
from jesignd.plugin.supervising import Recogniser
from jesignd.settings.load import load
from jesignd.store.database import Database
from jesignd.testing.office import Office

SABOTEURS = Path(__file__).parents[2] / "saboteurs"
LIMITS = Limits(memory_bytes=768 << 20, cpu_seconds=2, wall_seconds=2.0, file_bytes=1 << 20)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "cabinet")


@pytest.fixture
def configured(office: Office) -> Iterator[Callable[..., Configured]]:
    """Makes the office's configuration, with these saboteurs among the plugins installed."""
    pool = Pool(workers=1)
    database = Database.open(f"sqlite:///{office.state}/jesignd.db")
    recognisers: list[Recogniser] = []

    def make(*saboteurs: str) -> Configured:
        plugins = [Installed(name, file=SABOTEURS / f"{name}.py") for name in saboteurs]
        neutral = Installed("neutral", "jesignd.plugin.neutral", None, "jesignd")
        recognisers.append(Recogniser((neutral, *plugins), limits=LIMITS))
        return configure(office.config, recogniser=recognisers[-1], pool=pool, database=database, clock=now)

    yield make
    for recogniser in recognisers:
        recogniser.close()
    pool.close()
    database.close()


def test_a_sound_configuration_has_no_troubles(office, configured):
    made = configured()

    assert made.troubles == ()
    assert list(made.folders) == ["exports"]
    assert made.folders["exports"].conventions.sidecar_suffixes == (".json",)
    assert list(made.line.credentials) == ["cachet"]


def test_a_key_that_cannot_be_opened_is_a_trouble_and_the_rest_is_made(office, configured):
    (office.root / "cachet.key").write_text("not a key")

    made = configured()

    assert made.line.credentials == {}
    assert list(made.folders) == ["exports"]
    (trouble,) = made.troubles
    assert trouble.fr.startswith("clé cachet : ")


def test_an_unknown_connector_refuses_the_whole_and_names_the_nearest(office, configured):
    office.write_settings(connector="neutrel")

    with pytest.raises(SettingsError) as refused:
        configured()

    assert "neutrel" in refused.value.message.fr
    told = refused.value.message.fr + (refused.value.hint.fr if refused.value.hint else "")
    assert "neutral" in told.replace("neutrel", "")


def test_an_option_the_connector_does_not_know_refuses_the_whole(office, configured):
    office.write_settings(folder="options: {sidecar_requis: true}")

    with pytest.raises(SettingsError) as refused:
        configured()

    told = refused.value.message.fr + "".join(fault.fr for fault in refused.value.faults)
    assert "sidecar_requis" in told


def test_a_plugin_that_dies_at_import_leaves_its_folder_unwatched_and_is_named(office, configured):
    office.write_settings(connector="explodes")

    made = configured("explodes")

    assert made.folders == {}
    (trouble,) = made.troubles
    assert trouble.fr.startswith("dossier exports : ")
    assert "explodes" in trouble.fr
    assert list(made.line.credentials) == ["cachet"]


def test_a_file_that_is_no_configuration_is_refused_with_every_fault(office, configured):
    office.config.write_text("version: 1\nfirm: nonsense\nkeyz: {}\n", encoding="utf-8")

    with pytest.raises(SettingsError) as refused:
        configured()

    assert len(refused.value.faults) >= 2


def test_an_anchor_that_cannot_be_read_refuses_the_whole(office, configured):
    anchor = office.root / "tsa.pem"
    anchor.write_text("nothing")
    office.write_settings(
        extra=f"timestamping: [{{name: heure, url: 'http://127.0.0.1:9/', anchor: {anchor}}}]", level="B-T"
    )

    with pytest.raises(SettingsError, match="certificate"):
        configured()


def test_what_a_reload_cannot_change_is_said_to_count_from_the_next_start(office):
    before = load(office.config)
    office.write_settings(extra="limits: {workers: 1}")
    limited = load(office.config)
    text = office.config.read_text(encoding="utf-8")
    office.config.write_text(text.replace("/etat}", "/ailleurs}"), encoding="utf-8")

    assert needs_restart(before, before) == ()
    assert [words.fr.split(" ")[0] for words in needs_restart(before, limited)] == ["limits"]
    assert [words.fr.split(" ")[0] for words in needs_restart(before, load(office.config))] == ["storage", "limits"]
