"""Remedies: the very commands that somebody in the firm types to give what a document waits for."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.cli.demonstration.people import address_of
from jesignd.testing.exports import ACCOUNTANT, Lack
from jesignd.testing.exports.people import DISMISSED_DELEGATE, FORMER_DELEGATE, NARROW_DELEGATE, NEWCOMER

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from jesignd.cli.demonstration.place import Place
    from jesignd.testing.exports import Member

COMMAND_SECONDS = 60
_WIDTH = 96
"""Columns, behind the prompt and before ` \\`."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command of `jesignd`, and the file that holds what it asks to be typed."""

    arguments: tuple[str, ...]
    typed: Path | None = None

    def shown(self) -> list[str]:
        """The command as one types it in a shell, on several lines where it is long."""
        lines = ["jesignd"]
        for part in re.split(r" (?=--)", shlex.join(self.arguments)):
            if len(lines[-1]) + 1 + len(part) > _WIDTH:
                lines[-1] += " \\"
                lines.append(f"  {part}")
            else:
                lines[-1] += f" {part}"
        return lines

    def apply(self, config: Path) -> str | None:
        """Run it beside the daemon, in a process of its own; what it complained of, None when it did its work."""
        ended = subprocess.run(
            [sys.executable, "-m", "jesignd", *self.arguments],
            input=self.typed.read_bytes() if self.typed else b"",
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "JESIGND_CONFIG": str(config)},
        )
        return ended.stderr.decode(errors="replace").strip() if ended.returncode else None


def remedies(place: Place, *, until: datetime.date, lang: str) -> Mapping[Lack, Remedy]:
    """What cures each lack; a qualified certificate has to be bought, and no command makes one."""

    def grant(to: Member, *scope: str) -> Remedy:
        right = "seal" if lang == "en" else "sceller"
        order = ("--by", ACCOUNTANT.login, "--right", right, "--until", until.isoformat(), *scope)
        return Remedy(("delegation", "grant", address_of(to), *order), place.pin)

    mandate = ("mandate", "add", "000627", "LDM 2026-031, art. 7", "--by", ACCOUNTANT.login, "--kind", "ECC")
    return {
        Lack.CREDIT: Remedy(("credit", "topup", "10", "--reference", "VIR-2026-0114")),
        Lack.DELEGATION: grant(NEWCOMER),
        Lack.EXPIRED: grant(FORMER_DELEGATE),
        Lack.REVOKED: grant(DISMISSED_DELEGATE),
        Lack.OUT_OF_SCOPE: grant(NARROW_DELEGATE, "--kind", "BP", "--client", "0005*"),
        Lack.MANDATE: Remedy(mandate, place.password),
    }
