"""NETexcom: the neutral convention under a firm's own folder names; nothing is known of the software's own exports."""

from __future__ import annotations

from typing import Any

from jesignd.plugin import Connector, hookimpl
from jesignd_netexcom.connector import Netexcom


@hookimpl
def jesignd_connectors() -> tuple[Connector[Any], ...]:
    """The one connector of this distribution."""
    return (Netexcom(),)
