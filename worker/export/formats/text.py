"""Writing rows as JSON Lines (exact) or CSV (the same columns, safe to open in a spreadsheet).

CSV is written a column of a batch at a time, which takes half the time of csv.writer: text is always quoted (RFC 4180).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO

import msgspec

from worker.export.rows.columns import Column, Kind

#: What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"); the last four are full-width.
FORMULA = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
#: Where a cell begins: at its beginning, and where a spreadsheet of a country with decimal commas parts a file at
#: semicolons (or one was asked to split at tabs, or at line breaks), also within it. Quotes and spaces may follow.
BEGINS = re.compile(rf"""(\A|[;\t\r\n])(?=[\s"']*[{FORMULA}])""")
#: The same in JSON, where every line break and tab is written as a backslash and a character.
BEGINS_IN_JSON = re.compile(rf"""(;[\s'"]*)([{FORMULA}])""")
#: What a text must hold to be looked at twice: almost none does.
SUSPICIOUS = re.compile(rf"""\A[\s"']*[{FORMULA}]|[;\t\r\n]""")

#: Rows turned into bytes at once.
BATCH = 1000

Row = tuple[Any, ...]
ENCODER = msgspec.json.Encoder()


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSONL = "jsonl"


def write(rows: Iterable[Row], columns: Sequence[Column], form: Format, out: BinaryIO) -> int:
    """Write rows to `out` as they come and say how many there were."""
    count, lines = 0, _lines(columns)
    out.write(head(columns, form))
    for batch in _batches(iter(rows)):
        if form is Format.CSV:
            cells = [
                CELLS[column.kind](values) for column, values in zip(columns, zip(*batch, strict=True), strict=True)
            ]
            out.write("".join([f"{','.join(row)}\r\n" for row in zip(*cells, strict=True)]).encode())
        else:
            out.write(ENCODER.encode_lines(lines(batch)))
        count += len(batch)
    return count


def _lines(columns: Sequence[Column]) -> Callable[[list[Row]], list[dict[str, Any]]]:
    """Make objects of rows, without what is optional and says nothing."""
    names, optional = [column.name for column in columns], [column.name for column in columns if column.optional]

    def lines(batch: list[Row]) -> list[dict[str, Any]]:
        found = [dict(zip(names, row, strict=True)) for row in batch]
        for one in found:
            for name in optional:
                if one[name] is None:
                    del one[name]
        return found

    return lines


def head(columns: Sequence[Column], form: Format) -> bytes:
    """Write what stands before the first row."""
    return f"{','.join(column.name for column in columns)}\r\n".encode() if form is Format.CSV else b""


def quoted(value: str) -> str:
    """Write one text as a cell of CSV."""
    return _text((value,))[0]


def quoted_json(value: str) -> str:
    """Write JSON as a cell of CSV."""
    return _json((msgspec.Raw(value.encode()),))[0]


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _plain(values: Sequence[Any]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _text(values: Sequence[str | None]) -> list[str]:
    """Quote text, with an apostrophe before what would be a formula."""
    return [
        "" if value is None
        else '"' + (BEGINS.sub(r"\1'", value) if SUSPICIOUS.search(value) else value).replace('"', '""') + '"'
        for value in values
    ]  # fmt: skip


def _json(values: Sequence[Any]) -> list[str]:
    """Quote JSON: it begins with a bracket, and what would be a formula after a semicolon is written as an escape."""
    found = (ENCODER.encode(value).decode() for value in values)
    return ['"' + (BEGINS_IN_JSON.sub(_escaped, one) if ";" in one else one).replace('"', '""') + '"' for one in found]


def _escaped(found: re.Match[str]) -> str:
    return f"{found[1]}\\u{ord(found[2]):04x}"


#: How the cells of a column are written.
CELLS = {Kind.PLAIN: _plain, Kind.MOMENT: _plain, Kind.NUMBER: _plain, Kind.TEXT: _text, Kind.JSON: _json}
