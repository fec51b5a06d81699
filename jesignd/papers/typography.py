"""Typography: the spaces that French puts where a line must not break."""

from __future__ import annotations

import re

_NARROW = re.compile(r" (?=[;!?])")
_WIDE = re.compile(r"(?<=«) | (?=[:»])")


def spaced(text: str, lang: str) -> str:
    """The text with no-break spaces inside « » and before « : ; ! ? », for French; as it is for another language."""
    return _WIDE.sub("\u00a0", _NARROW.sub("\u202f", text)) if lang == "fr" else text
