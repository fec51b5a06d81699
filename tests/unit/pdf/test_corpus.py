"""Foreign PDFs: nothing they contain may come out as anything but an answer or a typed refusal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus_step import step

from jesignd.confined import Limits, Pool
from jesignd.errors import DocumentError

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
FILES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.pdf"))

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="no corpus beside the checkout"),
]


@pytest.fixture(scope="module")
def child() -> Iterator[Pool]:
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    pool = Pool(workers=1, limits=Limits(wall_seconds=20.0))
    try:
        pool.warm_up()
        yield pool
    finally:
        pool.close()
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


@pytest.mark.parametrize("name", FILES or ["absent"])
def test_a_foreign_file_is_prepared_or_refused_in_words(child, name):
    try:
        rung = child.run(step, (CORPUS / name).read_bytes())
    except DocumentError as error:
        refusal = error
    else:
        assert rung in {"strict", "tolerant", "rebuilt"}
        return
    assert refusal.hint is not None
