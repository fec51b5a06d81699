"""Copies: names that a synchronising program gives when two versions of one file meet; never taken for the document.

Windows' client adds the machine's name, Linux's `-<machine>-safeBackup-<n>`, a browser a number in brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from jesignd.domain.recognition import Doubtful
from jesignd.errors import Code, Words

if TYPE_CHECKING:
    from jesignd.plugin import Bundle

_COPIES = (
    r"-(?:DESKTOP|LAPTOP|WIN|PC)-[0-9A-Z]{3,15}(?:-\d{1,3})?",
    r"-[0-9A-Z][0-9A-Z.-]{0,62}-safeBackup-\d{1,4}",
    r" ?\(\d{1,3}\)",
    r" - (?:Copie|Copy)(?: ?\(\d{1,3}\))?",
    r" ?\([^()]*(?:conflit|conflict)[^()]*\)",
)
"""What such a name ends with; the first form is the name Windows itself gives to a machine."""


def conflict_copy(bundle: Bundle, machines: Sequence[str]) -> Doubtful | None:
    """The document holds when its name is that of a copy; `machines` are the firm's own computers."""
    stem = unicodedata.normalize("NFC", bundle.stem)
    if _ending(tuple(machines)).search(stem) is None:
        return None
    return Doubtful(
        Code.AMBIGUOUS,
        Words(
            f"« {bundle.name} » est une copie née de la synchronisation : deux versions se sont rencontrées",
            f"“{bundle.name}” is a copy made by synchronising: two versions met",
        ),
        Words(
            "Comparer les deux versions, garder la bonne sous son nom, supprimer l’autre.",
            "Compare the two versions, keep the right one under its own name, delete the other.",
        ),
    )


@lru_cache(maxsize=8)
def _ending(machines: tuple[str, ...]) -> re.Pattern[str]:
    own = (rf"-{re.escape(unicodedata.normalize('NFC', machine))}(?:-\d{{1,3}})?" for machine in machines)
    return re.compile(f"(?:{'|'.join((*_COPIES, *own))})$", re.IGNORECASE)
