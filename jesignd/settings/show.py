"""Show: what the configuration comes to, defaults written out.

Secrets cannot appear: the model only knows where they lie. The one place where people put one all the same, the
options of a connector, is masked by the name of the key.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from jesignd.settings.model.configuration import Configuration

MASK = "••••••"
_TELLING = re.compile(r"pass|secret|token|pin$|pwd|api_?key|mot_?de_?passe|mdp", re.IGNORECASE)


def effective(configuration: Configuration) -> dict[str, object]:
    """Plain data in the file's own writing (`5s`, `10MB`); absent values left out."""
    data: dict[str, object] = json.loads(configuration.model_dump_json(exclude_none=True))
    folders = data["folders"]
    assert isinstance(folders, list)
    for folder in folders:
        folder["options"] = _masked(folder["options"])
    return data


def as_json(configuration: Configuration) -> str:
    """As JSON, ending in a line feed."""
    return json.dumps(effective(configuration), ensure_ascii=False, indent=2) + "\n"


def as_yaml(configuration: Configuration) -> str:
    """As a file that reads back to the same settings."""
    return yaml.dump(effective(configuration), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Quotes every text that is not a plain word, since readers of YAML 1.1 and 1.2 differ on the rest."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = re.fullmatch(r"[A-Za-z/][A-Za-z0-9/._-]*", text) is not None and text.casefold() not in _AMBIGUOUS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_Dumper.add_representer(str, _text)


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {key: MASK if _TELLING.search(key) else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value
