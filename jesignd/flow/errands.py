"""Errands: what confined children are sent to do, named here without loading what it takes.

The libraries that parse foreign files weigh 25 MB and are no business of the daemon's: they are loaded where they run.
"""

from __future__ import annotations

from jesignd.confined import Ask, Raised
from jesignd.domain.sealing import AlsoSeal, Sealed, SealRequest

WARM = ("jesignd.flow.sealing",)
"""What a child that seals loads before its first call."""


def seal_document(request: SealRequest, ask: Ask) -> Sealed:
    """`sealing.seal_document`, in a child."""
    from jesignd.flow import sealing

    return sealing.seal_document(request, ask)


def seal_documents(first: SealRequest, others: tuple[AlsoSeal, ...], ask: Ask) -> tuple[Sealed | Raised, ...]:
    """`sealing.seal_documents`, in a child."""
    from jesignd.flow import sealing

    return sealing.seal_documents(first, others, ask)
