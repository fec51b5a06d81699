"""The connectors in `plugins/`: small, honest about what they rest on, and none takes another's place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jesignd.domain.documents import DocumentKind
from jesignd.plugin.contract import Evidence
from jesignd.plugin.installed import installed_plugins
from jesignd.plugin.manager import Plugins
from jesignd.plugin.options import read_options

ROOT = Path(__file__).parents[3]
LOADED = Plugins.load(installed_plugins())
CONNECTORS = {connector.manifest.name: connector for offered in LOADED.offers.values() for connector in offered}
DISTRIBUTED = ("agiris", "loop", "netexcom", "quadra")


def test_every_connector_is_installed_and_none_is_broken() -> None:
    assert set(DISTRIBUTED) | {"neutral"} <= set(CONNECTORS)
    assert not LOADED.broken


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_a_connectors_modules_are_short(name: str) -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in ROOT.glob(f"plugins/{name}/jesignd_*/*.py")}

    assert lengths
    assert max(lengths.values()) < 120, lengths


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_a_connectors_page_says_what_is_known_what_is_ours_and_what_is_not_known(name: str) -> None:
    manifest = CONNECTORS[name].manifest
    page = (ROOT / manifest.docs).read_text()

    assert manifest.evidence is Evidence.OUR_CONVENTION
    assert page.count("**notre convention**") >= 1
    assert "**inconnu**" in page
    assert "ni validé par l’éditeur" in page
    assert "propriétaire" in page


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connectors_settings_have_defaults_and_its_conventions_read_lists_by_name(name: str) -> None:
    connector = CONNECTORS[name]

    conventions = connector.conventions(read_options(connector, ()))

    assert connector.manifest.kinds <= set(DocumentKind)
    assert conventions.index is None or re.compile(conventions.index.pattern)
