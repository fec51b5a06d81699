"""Plugin: what connectors are made of, how they are loaded and kept in bounds, and how results are carried back.

A connector's author needs the names below, `jesignd.plugin.conventions`, `jesignd.domain` and `jesignd.errors`.
"""

from jesignd.plugin.contract import (
    Attached,
    Bundle,
    Connector,
    Evidence,
    Lot,
    Manifest,
    NoOptions,
    Outcome,
    ReturnFile,
    ReturnStatus,
)
from jesignd.plugin.specs import hookimpl

__all__ = [
    "Attached",
    "Bundle",
    "Connector",
    "Evidence",
    "Lot",
    "Manifest",
    "NoOptions",
    "Outcome",
    "ReturnFile",
    "ReturnStatus",
    "hookimpl",
]
