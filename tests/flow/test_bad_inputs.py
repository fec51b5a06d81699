"""Bad inputs, dropped together into one office: each gets one fate and a code; the good one among them is sealed.

The threats are those of a shared export folder: links to other people's files, special files, hostile names, other
formats under a PDF's name, bombs and entities in metadata, formulas in indexes.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from typing import TYPE_CHECKING

import pikepdf
import pytest

from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.store import refusals
from jesignd.testing.exports import samples
from jesignd.testing.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = "BP_000424_202610_MAT-00001.pdf"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/x.pdf", b"\0" * 50_000_000)
    return out.getvalue()


def _with_metadata(xmp: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.baker_payslip())) as pdf:
        stream = pdf.make_stream(xmp)
        stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root.Metadata = stream
        pdf.save(out)
    return out.getvalue()


def _entities(secret: Path) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file://{secret}">]>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        "<rdf:Description>&f;</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def _laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><x>&a11;</x>'.encode()


BAD = {
    "exe": ("BP_000424_202610_MAT-00010.pdf", b"MZ\x90\0" + b"\0" * 4000, {Code.NOT_A_PDF}),
    "html": ("BP_000424_202610_MAT-00011.pdf", b"<html><script>alert(1)</script></html>" * 50, {Code.NOT_A_PDF}),
    "zip": ("BP_000424_202610_MAT-00012.pdf", _zip(), {Code.NOT_A_PDF}),
    "empty": ("BP_000424_202610_MAT-00013.pdf", b"", {Code.NOT_A_PDF, Code.TRUNCATED}),
    "truncated": ("BP_000424_202610_MAT-00014.pdf", samples.truncated_payslip(), {Code.TRUNCATED}),
    "encrypted": ("BP_000424_202610_MAT-00015.pdf", samples.encrypted_payslip(), {Code.ENCRYPTED}),
    "too large": (
        "BP_000424_202610_MAT-00016.pdf",
        samples.baker_payslip() + b"%" * 10_500_000 + b"\n%%EOF\n",
        {Code.TOO_LARGE},
    ),
    "billion laughs": ("BP_000424_202610_MAT-00017.pdf", _with_metadata(_laughs()), None),
}


@pytest.fixture(scope="module")
def struck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office into whose folder everything bad was dropped, and one good payslip."""
    root = tmp_path_factory.mktemp("struck")
    office = Office(root / "cabinet")
    office.top_up(5000)
    secret = root / "secret.txt"
    secret.write_text("le-secret-d-un-autre", encoding="ascii")
    other = root / "autre.pdf"
    other.write_bytes(samples.surveyor_payslip())
    office.start()
    try:
        _strike(office, secret=secret, other=other)
        office.wait_for(lambda: office.states().get(GOOD) is DocumentState.DELIVERED)
        office.wait_for(lambda: len(_fates(office)) >= len(BAD) - 1 + 6, seconds=60)
        yield office
    finally:
        office.kill()


def _strike(office: Office, *, secret: Path, other: Path) -> None:
    for name, data, _ in BAD.values():
        office.drop(name, data)
    office.drop("BP_000424_202610_MAT-00018.pdf", _with_metadata(_entities(secret)))
    (office.exports / "BP_000424_202610_MAT-00020.pdf").symlink_to(other)
    (office.exports / "BP_000424_202610_MAT-00021.pdf").hardlink_to(other)
    os.mkfifo(office.exports / "BP_000424_202610_MAT-00022.pdf")
    os.mknod(office.exports / "BP_000424_202610_MAT-00023.pdf", stat.S_IFSOCK | 0o600)
    (office.exports / "sous-dossier").symlink_to(other.parent)
    office.drop("BP_000424_202610_MAT-00024\n.pdf", samples.surveyor_payslip())
    office.drop("BP_000424_202610_MAT-0002\u202e5.pdf", samples.surveyor_payslip())
    office.drop("lots.zip", _zip())
    office.drop(GOOD, samples.carpenter_payslip())


def _fates(office: Office) -> dict[str, Code | None]:
    """What became of each file that was not sealed, by name: held and rejected documents, and files refused."""
    fates = {
        one.claimed.relative_path: one.hold.code if one.hold else None
        for one in office.documents()
        if one.state in {DocumentState.HELD, DocumentState.REJECTED}
    }
    with office.store() as database, database.reading() as transaction:
        for one in refusals.list_refusals(transaction):
            fates[one.refused.relative_path] = one.refused.code
    return fates


@pytest.mark.parametrize("bad", [name for name, (_, _, codes) in BAD.items() if codes])
def test_a_file_that_is_no_payslip_is_refused_for_what_it_is(struck, bad):
    name, _, codes = BAD[bad]

    assert _fates(struck)[name] in codes


@pytest.mark.parametrize("number", ["20", "21", "22", "23"])
def test_links_and_special_files_are_never_followed(struck, number):
    assert f"BP_000424_202610_MAT-000{number}.pdf" in _fates(struck)
    assert not list(struck.delivered.rglob(f"*MAT-000{number}*"))


def test_hostile_names_are_refused_in_printable_words(struck):
    hostile = [
        name for name in _fates(struck) if "MAT-00024" in name or ("MAT-0002" in name and "u202e" in ascii(name))
    ]

    assert hostile
    assert all("\n" not in line for line in struck.run_command("status").stdout.splitlines())
    assert not list(struck.delivered.rglob("*MAT-00024*"))


@pytest.mark.parametrize("number", ["14", "20", "21", "22", "23"])
def test_whoever_dropped_what_was_not_taken_reads_why_among_the_rejects(struck, number):
    notice = struck.rejects / f"BP_000424_202610_MAT-000{number}.erreur.txt"
    struck.wait_for(notice.exists)

    assert "n’a pas été pris" in notice.read_bytes().decode("utf-8-sig")


def test_a_linked_directory_is_not_looked_into(struck):
    assert not any("sous-dossier" in one.claimed.relative_path for one in struck.documents())


def test_an_archive_is_left_in_peace(struck):
    assert (struck.exports / "lots.zip").exists()
    assert "lots.zip" not in _fates(struck)


def test_entities_in_metadata_read_no_file(struck):
    for path in (*struck.delivered.rglob("*"), *struck.returns.rglob("*"), struck.root / "journal.log"):
        assert not path.is_file() or b"le-secret-d-un-autre" not in path.read_bytes()


def test_a_bomb_in_metadata_ends_in_a_fate_and_not_in_a_crash(struck):
    states = struck.states()

    assert states["BP_000424_202610_MAT-00017.pdf"] in {
        DocumentState.DELIVERED,
        DocumentState.REJECTED,
        DocumentState.HELD,
    }


def test_the_good_one_among_them_is_sealed_and_nothing_else_of_the_bad(struck):
    delivered = {path.name for path in struck.sealed_files()}

    assert "BP_000424_202610_MAT-00001_scellé.pdf" in delivered
    assert delivered <= {
        "BP_000424_202610_MAT-00001_scellé.pdf",
        "BP_000424_202610_MAT-00017_scellé.pdf",
        "BP_000424_202610_MAT-00018_scellé.pdf",
    }


def test_a_cell_that_looks_like_a_formula_is_no_formula_in_what_we_write(struck):
    for path in struck.returns.glob("*.csv"):
        cells = path.read_bytes().decode("cp1252").replace("\r\n", ";").split(";")
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "@"}]
