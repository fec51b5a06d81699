from __future__ import annotations

import hashlib
import io
import json
from collections import Counter

import pikepdf
import pypdfium2
import pytest

from jesignd.domain import tabular
from jesignd.domain.documents import DocumentState
from jesignd.domain.recognition import Doubtful
from jesignd.domain.text import is_siren
from jesignd.errors import Code
from jesignd.plugin.conventions import read_name
from jesignd.testing.exports import (
    LOTS,
    NEUTRAL,
    QUADRA,
    STAFF,
    Lack,
    Wave,
    exports,
    indexes,
    missing,
    people,
    sidecar_of,
    write,
)


@pytest.fixture(scope="module")
def files():
    return exports()


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_there_are_at_least_ten_files_in_each_fate_the_demo_shows(files):
    fates = Counter(file.fate for file in files)
    assert fates[DocumentState.DELIVERED] >= 10
    assert {DocumentState.REJECTED, DocumentState.HELD, DocumentState.DUPLICATE, DocumentState.DRAFT} <= set(fates)
    assert {file.code for file in files} >= {Code.ENCRYPTED, Code.TRUNCATED, Code.UNKNOWN_KIND}


def test_every_file_that_must_be_sealed_opens_and_shows_its_text(files):
    for file in files:
        if file.fate is DocumentState.DELIVERED:
            assert "fictif" in text_of(file.data) or "exemple" in text_of(file.data)


def test_accents_and_euro_signs_are_readable_in_the_text(files):
    texts = [text_of(file.data) for file in files if file.fate is DocumentState.DELIVERED]
    assert any("Loïc Le Goff" in text for text in texts)
    assert any("€" in text for text in texts)


def test_the_encrypted_payslip_asks_for_a_password(files):
    encrypted = next(file for file in files if file.code is Code.ENCRYPTED)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(encrypted.data))


def test_the_truncated_payslip_has_no_end(files):
    truncated = next(file for file in files if file.code is Code.TRUNCATED)
    assert truncated.data.startswith(b"%PDF-")
    assert b"%%EOF" not in truncated.data[-1024:]


def test_the_same_run_gives_the_same_bytes_and_the_next_run_one_new_document(files):
    def sealed(run):
        return {file.path: file.data for file in exports(run) if file.fate is DocumentState.DELIVERED}

    assert sealed(1) == {file.path: file.data for file in files if file.fate is DocumentState.DELIVERED}
    assert len(set(sealed(2)) - set(sealed(1))) == 1


def test_the_duplicate_is_an_earlier_file_again_under_the_same_name(files):
    duplicate = next(file for file in files if file.fate is DocumentState.DUPLICATE)
    first = next(file for file in files if file.data == duplicate.data and file is not duplicate)
    assert duplicate.path.rsplit("/", 1)[-1] == first.path.rsplit("/", 1)[-1]
    assert (first.wave, duplicate.wave) == (Wave.FIRST, Wave.SECOND)


def test_indexes_are_tables_that_list_files_which_exist(files):
    for companion in indexes(files, lot="20261102_001"):
        if companion.path.endswith(".csv"):
            rows = tabular.read(companion.data, required=frozenset({"DOSSIER", "FICHIER"})).rows
            assert rows
            assert {row.cells["FICHIER"] for row in rows} <= {file.path for file in files}


def test_the_end_marker_is_written_after_its_index(files):
    order = [companion.path for companion in indexes(files, lot="20261102_001")]
    for tree in ("LOT", "QUADRA_DOC"):
        assert order.index(f"{tree}_20261102_001.csv") < order.index(f"{tree}_20261102_001.fin")


def test_a_file_is_written_under_its_own_name_below_its_tree(files, tmp_path):
    for file in files:
        write(tmp_path, file)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {f"{file.tree}/{file.path}" for file in files}
    assert {file.tree for file in files} == {QUADRA, NEUTRAL, LOTS}


def test_a_sidecar_describes_the_very_file_it_lies_beside(files):
    described = [(file, sidecar) for file in files if (sidecar := sidecar_of(file))]
    assert described
    for file, sidecar in described:
        told = json.loads(sidecar.data)
        assert told["sha256"] == hashlib.sha256(file.data).hexdigest()
        assert sidecar.path == file.path.removesuffix(".pdf") + ".json"


def test_the_sirens_pass_their_check():
    for company in (people.FIRM, people.JOINERY, people.BAKERY, people.GARAGE, people.PROPERTY):
        assert is_siren(company.siren)


def test_what_must_wait_waits_for_seven_different_things_and_is_read_without_doubt():
    every = missing()
    assert {one.lack for one in every} == set(Lack)
    for one in every:
        assert one.export.fate is DocumentState.HELD
        assert not isinstance(read_name(one.export.path), Doubtful)
        assert read_name(one.export.path).clues
        assert "fictif" in text_of(one.export.data) or "exemple" in text_of(one.export.data)


def test_what_must_wait_is_no_document_of_the_first_set(files):
    assert not {one.export.data for one in missing()} & {file.data for file in files}
    assert not {(one.export.tree, one.export.path) for one in missing()} & {(file.tree, file.path) for file in files}


def test_each_member_of_the_staff_drops_one_of_them():
    trees = [one.export.tree for one in missing()]
    assert {tree: trees.count(tree) for tree in trees} == {NEUTRAL: 3, **{member.login: 1 for member in STAFF}}
