"""Batch indexes: what they announce, and what they may not."""

from __future__ import annotations

import hashlib

import pytest

from jesignd.domain.folders import IndexConvention
from jesignd.intake.lots import read_lot, seals

CONVENTION = IndexConvention(
    pattern=r"LOT_.*\.csv", end_suffix=".fin", file_column="FICHIER", size_column="TAILLE", digest_column="SHA256"
)
DIGEST = "ab" * 32


def test_rows_are_found_by_the_key_of_their_path_beside_the_index() -> None:
    data = f"FICHIER;TAILLE;SHA256\r\nÉté.PDF;300;{DIGEST.upper()}\r\nsous\\b.pdf;;\r\n".encode("cp1252")
    lot = read_lot(data, CONVENTION, "paie/LOT_1.csv")
    row = lot.documents["paie/été.pdf"]
    assert (row.relative_path, row.line, row.size, row.digest) == ("paie/Été.PDF", 2, 300, DIGEST)
    assert lot.documents["paie/sous/b.pdf"].digest is None
    assert lot.faulty_lines == ()


@pytest.mark.parametrize(
    "name",
    [
        "../a.pdf",
        "..\\a.pdf",
        "a/../../b.pdf",
        "/etc/passwd",
        "\\\\srv\\part\\a.pdf",
        "C:\\a.pdf",
        "C:a.pdf",
        "",
        ".",
        "a\x00.pdf",
        "CON.pdf",
        "a\u202efdp.exe",
        "x" * 300,
    ],
    ids=ascii,
)
def test_a_row_that_leads_out_of_the_folder_announces_nothing(name: str) -> None:
    lot = read_lot(f"FICHIER;TYPE\n{name};BP\nb.pdf;BP\n".encode(), CONVENTION, "LOT_1.csv")
    assert list(lot.documents) == ["b.pdf"]
    assert lot.faulty_lines == (2,)


def test_a_document_announced_twice_is_a_fault_of_the_second_line() -> None:
    lot = read_lot(b"FICHIER\na.pdf\nA.PDF\n", CONVENTION, "LOT_1.csv")
    assert lot.faulty_lines == (3,)


def test_an_index_without_its_column_of_files_is_refused_whole() -> None:
    with pytest.raises(ValueError, match="FICHIER"):
        read_lot(b"NOM\na.pdf\n", CONVENTION, "LOT_1.csv")


def test_an_end_marker_holds_nothing_or_the_digest_of_its_index() -> None:
    index = b"FICHIER\na.pdf\n"
    assert seals(b"", index)
    assert seals(hashlib.sha256(index).hexdigest().upper().encode() + b"\r\n", index)
    assert not seals(DIGEST.encode(), index)
    assert seals(b"fin de lot", index)
