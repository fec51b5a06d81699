"""Where the tests of this room put marks."""

from __future__ import annotations

from jesignd.domain.sealing import Placement


def corner(page: int = 1, rotation: int = 0) -> Placement:
    """The mark at its own size, near the lower left."""
    width, height = (175.75, 62.36) if rotation % 180 == 0 else (62.36, 175.75)
    box = (36.0, 36.0, 36.0 + width, 36.0 + height)
    return Placement(page, box, rotation, 1.0, (36.0, 36.0, 36.0 + 175.75, 36.0 + 62.36))
