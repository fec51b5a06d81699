"""Disk: the state folder's disk does not do its part, in words for the operator."""

from __future__ import annotations

from jesignd.errors import ServiceError, Words


def disk_failed(error: OSError) -> ServiceError:
    """A full or failing disk, in words for the operator; sealing waits for it."""
    return ServiceError(
        Words(f"disque du dossier d’état : {error.strerror}", f"disk of the state folder: {error.strerror}"),
        hint=Words(
            "vérifiez la place et les droits ; le scellement reprend de lui-même",
            "check space and rights; sealing resumes by itself",
        ),
    )
