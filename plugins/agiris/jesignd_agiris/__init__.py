"""Agiris: recognise documents exported in a tree with one root a module; our convention, not the vendor's."""

from __future__ import annotations

from typing import Any

from jesignd.plugin import Connector, hookimpl
from jesignd_agiris.connector import Agiris


@hookimpl
def jesignd_connectors() -> tuple[Connector[Any], ...]:
    """The one connector of this distribution."""
    return (Agiris(),)
