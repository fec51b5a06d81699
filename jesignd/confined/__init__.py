"""Confined: run what cannot be trusted (parsers of foreign files, plugins) in child processes with limits.

A child has memory, CPU, wall-clock and file-size limits, no key, no network, and may not start other programs. It
answers in JSON, checked against the declared types: nothing a child sends is ever unpickled or executed. A child that
dies or hangs is replaced; only the document it had in hand pays for it.
"""

from __future__ import annotations

from jesignd.confined.contract import Ask, Crashed, Limits
from jesignd.confined.pool import Pool
from jesignd.confined.wire import Raised

__all__ = ["Ask", "Crashed", "Limits", "Pool", "Raised"]
