"""Options: what every command was told before its own name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The root's options; `click.get_current_context().obj` of every command."""

    config: Path
    format: str = "text"
    """`text`, `json` or `jsonl`."""
    lang: str = "fr"
    """`fr` or `en`."""
