"""Logo: the firm's picture as bytes, if it is one of the three forms the mark can draw."""

from __future__ import annotations

from pathlib import Path

from jesignd.errors import SettingsError, Words

MAX_BYTES = 1 << 20


def read(path: str | None) -> bytes | None:
    """The logo's bytes; None when the configuration names none.

    Raises:
        SettingsError: it cannot be read, is above 1 MB, or is neither PNG, JPEG nor SVG.
    """
    if path is None:
        return None
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(path, Words("illisible", "cannot be read")) from error
    if len(content) > MAX_BYTES:
        raise _unusable(path, Words("plus de 1 Mo", "above 1 MB"))
    if not (content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or b"<svg" in content[:4096]):
        raise _unusable(path, Words("ni PNG, ni JPEG, ni SVG", "neither PNG, JPEG nor SVG"))
    return content


def _unusable(path: str, why: Words) -> SettingsError:
    return SettingsError(
        Words(f"logo inutilisable : {path} ({why.fr})", f"unusable logo: {path} ({why.en})"),
        hint=Words("corrigez `firm.logo`", "mend `firm.logo`"),
    )
