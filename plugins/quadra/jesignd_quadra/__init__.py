"""Quadra: recognise documents exported in a tree arranged after Cegid Quadra; our convention, not the vendor's."""

from __future__ import annotations

from typing import Any

from jesignd.plugin import Connector, hookimpl
from jesignd_quadra.connector import Quadra


@hookimpl
def jesignd_connectors() -> tuple[Connector[Any], ...]:
    """The one connector of this distribution."""
    return (Quadra(),)
