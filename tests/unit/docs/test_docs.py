"""What the documents promise is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jesignd.cli import COMMANDS
from jesignd.errors import Code
from jesignd.plugin.installed import one_file_plugin
from jesignd.plugin.manager import Plugins
from jesignd.settings.load import load

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


def test_the_configuration_of_the_readme_is_accepted_as_it_stands(tmp_path):
    path = tmp_path / "jesignd.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    path.chmod(0o600)
    settings = load(path)
    assert [rule.name for rule in settings.rules] == ["bulletins", "reste"]


def test_the_connector_of_the_readme_loads_as_it_stands(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(block("python"), encoding="utf-8")
    path.chmod(0o600)
    loaded = Plugins.load([one_file_plugin(path)])
    assert loaded.broken == {}
    assert loaded.connector("mine").manifest.title.fr == "Mon logiciel"


def test_every_command_the_documents_name_exists():
    texts = [
        README,
        *(path.read_text(encoding="utf-8") for path in [*ROOT.glob("docs/**/*.md"), ROOT / "systemd/README.md"]),
    ]
    typed = re.compile(r"(?:`|^|&& |/bin/)jesignd ([a-z]+)\b", re.MULTILINE)
    named = {name for text in texts for name in typed.findall(text)} - {"is"}
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_people_may_read_has_its_remedy_in_the_guide(code):
    guide = (ROOT / "docs" / "attente-et-rejets.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {code.value} \| (.+?) \| (.+?) \|$", guide, re.MULTILINE)
    assert all(row)


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_no_lock_names_a_registry():
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text(encoding="utf-8")
