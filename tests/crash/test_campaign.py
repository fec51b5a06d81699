"""A short run of the crash campaign (`bench/crash_campaign.py`): whatever is struck, each input is sealed once."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import pytest
from crash_campaign import Campaign

from jesignd.testing.faults import Kind, is_possible

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture
def campaign(request, tmp_path) -> Iterator[Campaign]:
    if not _possible():
        if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
            pytest.fail("this kernel does not let a program watch another's system calls")
        pytest.skip("this kernel does not let a program watch another's system calls")
    campaign = Campaign(tmp_path, seed=request.param)
    yield campaign
    campaign.close()


@functools.cache
def _possible() -> bool:
    return is_possible()


@pytest.mark.parametrize("campaign", [11], indirect=True)
def test_each_input_is_sealed_once_wherever_the_daemon_is_killed(campaign):
    runs = list(campaign.runs(Kind.KILL, campaign.chosen(Kind.KILL, 6)))

    assert [str(run) for run in runs if run.violations] == []
    assert sum(bool(run.struck) for run in runs) >= 4


@pytest.mark.parametrize("campaign", [13], indirect=True)
def test_each_input_is_sealed_once_whichever_write_fails_and_whichever_child_is_killed(campaign):
    """In one office, struck again and again, which recovers from all by itself."""
    kinds = {Kind.EIO: 4, Kind.ENOSPC: 4, Kind.CHILD: 2}
    runs = campaign.fail([fault for kind, count in kinds.items() for fault in campaign.chosen(kind, count)])

    assert [str(run) for run in runs if run.violations] == []
    assert sum(bool(run.struck) for run in runs) > 6
