"""Foreign PDFs: they lie beside the checkout, and not everywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"


@pytest.fixture
def require() -> Callable[[object, str], None]:
    """Skip, and say why, where something is absent; fail where JESIGND_REQUIRE_TOOLS=1 forbids to skip."""

    def present(thing: object, what: str) -> None:
        if not thing:
            if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
                pytest.fail(f"{what}, and is required")
            pytest.skip(what)

    return present


@pytest.fixture
def corpus(require) -> Path:
    """The folder of foreign PDFs."""
    require(CORPUS.is_dir(), "the corpus of foreign PDFs does not lie beside the checkout")
    return CORPUS
