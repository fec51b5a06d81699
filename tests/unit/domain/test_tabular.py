from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain import tabular


def test_a_quoted_cell_may_hold_the_separator_and_a_line_end():
    table = tabular.read(b'A;B\r\n1;"x ; y\r\nz"\r\n2;w\r\n')

    assert [(row.line, row.cells["B"]) for row in table.rows] == [(3, "x ; y\nz"), (4, "w")]


def test_columns_are_found_in_any_case():
    assert tabular.read(b"fichier\n1\n", required=frozenset({"FICHIER"})).columns == ("FICHIER",)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"A;B\n1\n", "line 2"),
        (b"A;B\n1;2;3\n", "line 2"),
        (b'A\n"1', "line 2"),
        (b"A;A\n", "twice"),
        (b"B\n", "missing column A"),
    ],
)
def test_a_table_that_is_not_one_is_refused_with_its_line(data, says):
    with pytest.raises(ValueError, match=says):
        tabular.read(data, required=frozenset({"A"} if b"B" in data[:1] else set()))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_value_error(data):
    try:
        table = tabular.read(data)
    except ValueError:
        return
    assert all(set(row.cells) == set(table.columns) for row in table.rows)


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=30))
def test_a_written_cell_is_never_a_formula_and_reads_back(value):
    written = tabular.write_cell(value)

    (read,) = next(csv.reader([written], delimiter=";", strict=True)) if written else [""]

    assert read[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert read.removeprefix("'") == value.removeprefix("'") or "\n" in value or "\r" in value
