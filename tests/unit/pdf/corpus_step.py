"""What the corpus test has a confined child do with each foreign file."""

from __future__ import annotations

from jesignd.domain.sealing import Corner, Mark, Rung
from jesignd.pdf.geometry import place
from jesignd.pdf.inspect import inspect
from jesignd.pdf.prepare import prepare


def step(data: bytes) -> str:
    """Inspect, rebuild where needed, place in the free area and in a corner; the rung in the end."""
    prepared = prepare(data, mark=Mark(corner=Corner.TOP_LEFT))
    inspection = prepared.inspection
    if inspection.rung is Rung.REBUILT:
        assert inspection.signatures == 0
        assert inspect(prepared.data).rung is not Rung.REBUILT
    else:
        assert prepared.data is data
    assert prepared.placement is not None
    assert 1 <= place(prepared.data, Mark(corner=Corner.AUTO)).page <= inspection.pages
    return inspection.rung.value
