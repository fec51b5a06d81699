"""Spells the one hook wrong: without a check, it would silently offer nothing."""

from jesignd.plugin import hookimpl


@hookimpl
def jesignd_conectors():
    return []
