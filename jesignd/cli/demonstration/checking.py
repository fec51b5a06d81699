"""Checking: every delivered file, by our own verifier and by poppler's `pdfsig` where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.cli.verify import judge_all

if TYPE_CHECKING:
    from collections.abc import Sequence

PDFSIG_SECONDS = 30
_GOOD = ("Signature Validation: Signature is Valid.", "Total document signed")


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what our verifier says, and whether the second opinion agrees (None: nobody to ask)."""

    path: Path
    verdict: str
    second_opinion: bool | None

    @property
    def is_good(self) -> bool:
        """Whether nobody objects."""
        return self.verdict == "valid" and self.second_opinion is not False


def check(paths: Sequence[Path], *, anchors: Sequence[bytes]) -> list[Checked]:
    """Verify these files against these roots (DER)."""
    program = shutil.which("pdfsig")
    verdicts = judge_all(paths, anchors) if paths else []
    return [
        Checked(path, verdict.outcome.value, _agrees(program, path) if program else None)
        for path, verdict in zip(paths, verdicts, strict=True)
    ]


def _agrees(program: str, path: Path) -> bool:
    """Whether pdfsig finds one sound signature over the whole file; it is not asked about the authority."""
    answer = subprocess.run(
        [program, "-nocert", str(path)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PDFSIG_SECONDS,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )
    return all(sentence in answer.stdout for sentence in _GOOD)
