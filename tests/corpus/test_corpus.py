"""Foreign PDFs through the whole sealing function: sealed, whole and valid, or refused in words."""

from __future__ import annotations

import pytest
from corpus_campaign import bars, files, missing_programs, run

pytestmark = [pytest.mark.corpus, pytest.mark.slow, pytest.mark.timeout(600)]


def test_every_foreign_pdf_is_sealed_and_valid_or_refused_with_a_reason(corpus, require):
    require(not missing_programs(), f"{', '.join(missing_programs())}: not installed")
    found = bars(list(run(corpus, files(corpus))))
    for bar in found:
        print(bar.name, bar.figure)
    assert {bar.name: bar.missed for bar in found if not bar.holds} == {}
