"""Second opinions: programs that share no code with ours judge what we seal."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture
def tool():
    """The path of a program; the test is skipped where it is missing, or fails when JESIGND_REQUIRE_TOOLS=1."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
                pytest.fail(f"{name} is required and not installed")
            pytest.skip(f"{name} is not installed")
        return path

    return find
