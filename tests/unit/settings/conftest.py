from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jesignd.errors import SettingsError
from jesignd.settings.load import load

if TYPE_CHECKING:
    from jesignd.settings.settings import Settings

HERE = Path(__file__).parent

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the sound configuration, with some of its words replaced, where only its owner may change it."""

    def write_with(*replacements: tuple[str, str]) -> Path:
        text = (HERE / "sound.yaml").read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "jesignd.yaml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    return write_with


@pytest.fixture
def settings(write: Write) -> Callable[..., Settings]:
    """Loads the sound configuration, with some of its words replaced."""
    return lambda *replacements: load(write(*replacements))


@pytest.fixture
def faults(write: Write) -> Callable[..., list[str]]:
    """The French faults of the sound configuration once some of its words are replaced, without file name."""

    def faults_with(*replacements: tuple[str, str]) -> list[str]:
        path = write(*replacements)
        with pytest.raises(SettingsError) as refused:
            load(path)
        return [fault.fr.removeprefix(f"{path}:") for fault in refused.value.faults]

    return faults_with
