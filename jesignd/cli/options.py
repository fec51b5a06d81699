"""Options: what was said before the command's name and holds for every command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """Which configuration, how results are written (`text`, `json`, `jsonl`), in which language (`fr`, `en`)."""

    config: Path
    format: str = "text"
    lang: str = "fr"
