"""Loop: recognise documents of a tree synchronised after the manner of Cegid Loop; our convention, not the vendor's."""

from __future__ import annotations

from typing import Any

from jesignd.plugin import Connector, hookimpl
from jesignd_loop.connector import Loop


@hookimpl
def jesignd_connectors() -> tuple[Connector[Any], ...]:
    """The one connector of this distribution."""
    return (Loop(),)
