"""Specs: the hooks, all of them. A hook is added when a plugin in `plugins/` needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.plugin.contract import Connector
    from jesignd.plugin.payments import PaymentMethod

PROJECT = "jesignd"
PREFIX = "jesignd_"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def jesignd_connectors() -> Sequence[Connector[Any]]:
    """The connectors this plugin offers.

    MUST return at once and without effects: it is called in every child process that loads the plugin. Each connector's
    name MUST be unique among all plugins installed.
    """
    return ()


@hookspec
def jesignd_payments() -> Sequence[PaymentMethod[Any]]:
    """The ways of paying this plugin offers.

    MUST return at once and without effects, and import its service's library only when it is used. Each method's name
    MUST be unique among all plugins installed. None is used unless the configuration names it.
    """
    return ()
