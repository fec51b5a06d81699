"""Contract: what confined code may use, how it asks for something, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Ask = Callable[[str, bytes], bytes]
"""How confined code has something done for it by the parent (a signature, a time-stamp): service name, payload."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use; measured bombs: a 204 KB PDF takes 1.65 GB in a renderer, a page tree 5 s of CPU."""

    memory_bytes: int = 1536 << 20
    cpu_seconds: int = 20
    wall_seconds: float = 20.0
    file_bytes: int = 512 << 20


class Crashed(Exception):
    """The child did not give a proper answer; whoever called says what that means for the document.

    `reason` is one of `memory`, `time`, `died`, `killed` (no fault of the call: the system ended it, or could not
    begin it), `exception`, `garbled`; `detail` is for the log, never for people.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
