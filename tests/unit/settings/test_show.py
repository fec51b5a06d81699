from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.settings.load import load
from jesignd.settings.show import MASK, as_json, as_yaml

if TYPE_CHECKING:
    from jesignd.settings.settings import Settings

EXAMPLE = Path(__file__).parents[3] / "config" / "jesignd.yaml"


def test_what_is_shown_reads_back_to_the_same_configuration(tmp_path: Path) -> None:
    path = tmp_path / "jesignd.yaml"
    path.write_bytes(EXAMPLE.read_bytes())
    path.chmod(0o600)
    first = load(path).configuration
    path.write_text(as_yaml(first), encoding="utf-8")
    assert load(path).configuration == first


def test_values_are_shown_as_the_file_writes_them(settings: Callable[..., Settings]) -> None:
    shown = json.loads(as_json(settings(("level: B-T", "level: B-T, mark: none")).configuration))
    assert shown["folders"][0]["settle"] == "5s"
    assert shown["folders"][0]["max_size"] == "10MB"
    assert shown["pricing"] == {"seal": "0.05", "sign": "0.25", "vat": "20", "warn_below": "0.00"}
    assert shown["rules"][0]["seal"]["mark"] == "none"


def test_a_secret_hidden_in_the_options_of_a_connector_is_masked(settings: Callable[..., Settings]) -> None:
    options = "options: {compte: {password: sesame, utilisateur: jean}, jetons: [{api_key: sesame}]}"
    shown = as_yaml(settings(("    acts_as: martin", f"    acts_as: martin\n    {options}")).configuration)
    assert "sesame" not in shown
    assert "jean" in shown
    assert shown.count(MASK) == 2
