from __future__ import annotations

from pathlib import Path

import pytest

from jesignd.errors import SettingsError
from jesignd.settings.logo import read


def test_no_logo_is_nothing() -> None:
    assert read(None) is None


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n...", b"\xff\xd8\xff\xe0...", b'<?xml version="1.0"?><svg/>'])
def test_the_three_forms_of_a_logo_are_taken(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)
    assert read(str(path)) == content


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"x" * (1 << 20)])
def test_another_form_or_a_huge_logo_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        read(str(path))


def test_a_logo_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read(str(tmp_path / "logo.png"))
