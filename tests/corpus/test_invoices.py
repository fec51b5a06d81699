"""Electronic invoices as others make them: what is attached, and what the file says of it, survives the seal."""

from __future__ import annotations

import io

import pikepdf
import pytest
from sealing_bench import Bench

from jesignd.domain.sealing import Mark, Rung

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def test_the_invoice_data_of_every_factur_x_file_stay_byte_by_byte(corpus, require, tmp_path):
    invoices = sorted((corpus / "zugferd").glob("*.pdf"))
    require(invoices, "there are no electronic invoices in the corpus")
    for path in invoices:
        before = path.read_bytes()
        sealed, after = Bench(tmp_path).seal(before, Mark())
        assert sealed.inspection.rung is not Rung.REBUILT
        with pikepdf.open(io.BytesIO(before)) as was, pikepdf.open(io.BytesIO(after)) as now:
            assert attached(now) == attached(was) != {}, path.name
            assert now.Root.Metadata.read_raw_bytes() == was.Root.Metadata.read_raw_bytes(), path.name
            assert now.Root.get("/AF", None) == was.Root.get("/AF", None), path.name
        print(path.name, sealed.inspection.pdfa, *sealed.inspection.attachments)


def attached(pdf: pikepdf.Pdf) -> dict[str, tuple[bytes, object]]:
    return {
        name: (spec.get_file().read_bytes(), spec.obj.get("/AFRelationship")) for name, spec in pdf.attachments.items()
    }
