"""Writing rows as JSON Lines (exact) or CSV (the same columns, safe to open in a spreadsheet)."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

import msgspec

#: What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
FORMULA = frozenset("=+-@\t\r")

#: Rows turned into bytes at once.
BATCH = 1000

Row = tuple[Any, ...]
_ENCODER = msgspec.json.Encoder()


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSONL = "jsonl"


def write(rows: Iterable[Row], columns: Sequence[str], form: Format, out: BinaryIO) -> int:
    """Write rows to `out` as they come and say how many there were."""
    batches = _batches(iter(rows))
    return _csv(batches, columns, out) if form is Format.CSV else _jsonl(batches, columns, out)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _jsonl(batches: Iterator[list[Row]], columns: Sequence[str], out: BinaryIO) -> int:
    count = 0
    for batch in batches:
        out.write(_ENCODER.encode_lines([dict(zip(columns, row, strict=True)) for row in batch]))
        count += len(batch)
    return count


def _csv(batches: Iterator[list[Row]], columns: Sequence[str], out: BinaryIO) -> int:
    lines: list[str] = []
    writer, count = csv.writer(_Lines(lines.append)), 0  # CR LF ends a line, as RFC 4180 says
    writer.writerow(columns)
    for batch in batches:
        writer.writerows(zip(*map(_cells, zip(*batch, strict=True)), strict=True))
        count += len(batch)
        out.write("".join(lines).encode())
        lines.clear()
    out.write("".join(lines).encode())  # the heading alone, where there was no row
    return count


class _Lines(NamedTuple):
    """The least that csv.writer asks of a file."""

    write: Callable[[str], object]


def _cells(column: Sequence[Any]) -> Sequence[Any]:
    """Write one column of a batch as cells: lists as JSON, and no text that begins a formula."""
    if isinstance(column[0], list):
        return [_ENCODER.encode(value).decode() for value in column]
    if FORMULA.isdisjoint([value[0] for value in column if value and type(value) is str]):
        return column
    return [f"'{value}" if value and type(value) is str and value[0] in FORMULA else value for value in column]
