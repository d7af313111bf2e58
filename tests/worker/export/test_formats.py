"""What every export promises of its bytes: CSV and JSON Lines agree, and no cell begins a formula."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.export.formats.text import BEGINS, FORMULA, Format, write
from worker.export.rows.columns import Column, Kind
from worker.export.rows.scope import stamp

COLUMNS = (
    Column("id", Kind.PLAIN),
    Column("subject", Kind.TEXT),
    Column("size", Kind.PLAIN),
    Column("people", Kind.JSON),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '"', ",", "\r\n", "'=1"]
)
ROWS = st.lists(
    st.tuples(st.text("0123456789abcdef", min_size=1), WORDS | st.none(), st.integers(), st.lists(WORDS)), max_size=20
)


def written(rows: list[tuple[Any, ...]], form: Format) -> str:
    out = io.BytesIO()
    assert write(iter(rows), COLUMNS, form, out) == len(rows)
    return out.getvalue().decode()


@given(ROWS)
def test_csv_and_json_lines_say_the_same_and_no_cell_is_a_formula(rows: list[tuple[Any, ...]]) -> None:
    exact = [json.loads(line) for line in written(rows, Format.JSONL).split("\n")[:-1]]
    assert [tuple(row.values()) for row in exact] == [
        (key, words, size, list(people)) for key, words, size, people in rows
    ]
    cells = list(csv.reader(io.StringIO(written(rows, Format.CSV), newline="")))
    assert cells[0] == [column.name for column in COLUMNS]
    assert len(cells) == len(rows) + 1
    for row, (_, words, size, people) in zip(exact, cells[1:], strict=True):
        said = row["subject"] or ""
        assert words.replace("'", "") == said.replace("'", "")  # apostrophes are all that is added
        assert words == said or BEGINS.search(said)
        assert (int(size), json.loads(people)) == (row["size"], row["people"])


HOSTILE = st.lists(st.sampled_from([*";\t\r\n,'\"= +-@x\uff1d", ";=", '";"=', "\r\n@"]), max_size=8).map("".join)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(st.lists(st.tuples(st.just("1"), HOSTILE, st.integers(0), st.lists(HOSTILE)), min_size=1, max_size=4))
def test_no_cell_is_a_formula_however_a_spreadsheet_parts_the_file(delimiter: str, rows: list[tuple[Any, ...]]) -> None:
    text = written(rows, Format.CSV)
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
    assert [cell for cell in cells if re.match(rf"[\s'\"]*[{FORMULA}]", cell) and not cell.startswith("'")] == []


def test_an_export_without_rows_still_says_its_columns_in_csv() -> None:
    assert written([], Format.CSV) == "id,subject,size,people\r\n"
    assert not written([], Format.JSONL)


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)))
def test_moments_are_written_as_the_standard_library_writes_them(at: datetime) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC)
    assert stamp(int(at.timestamp())) == at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("at", [None])
def test_no_moment_is_no_text(at: None) -> None:
    assert stamp(at) is None
