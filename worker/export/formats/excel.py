"""Excel workbooks: a sheet for each table, real dates in the reader's zone, and nothing that runs as a formula."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import msgspec
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from worker.export.formats.table import Table
from worker.export.rows.columns import Column, Kind

#: Rows of a sheet, its header included (Excel specifications and limits); what does not fit goes on in another one.
LAST_ROW = 1_048_576
#: Characters of a cell (Excel specifications and limits).
LONGEST = 32_767
WIDTHS = {Kind.PLAIN: 12, Kind.MOMENT: 18, Kind.NUMBER: 10, Kind.TEXT: 28, Kind.JSON: 28}
ENCODE = msgspec.json.Encoder().encode


def write(tables: Iterable[Table], out: BinaryIO, zone: str) -> int:
    """Write one workbook, in constant memory, and say how many rows there were."""
    # text stays text: neither formulas nor links are made of it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        return sum(_table(book, table, looks, ZoneInfo(zone)) for table in tables)


def _table(book: Workbook, table: Table, looks: dict[str, Format], zone: ZoneInfo) -> int:
    count, sheets = 0, 1
    sheet, writers = _sheet(book, table.name, table.columns, looks, zone)
    at = 1
    for row in table.rows:
        if at == LAST_ROW:
            sheets += 1
            sheet, writers = _sheet(book, f"{table.name} {sheets}", table.columns, looks, zone)
            at = 1
        for place, (put, value) in enumerate(zip(writers, row, strict=True)):
            if value is not None and value != "":
                put(sheet, at, place, value)
        at += 1
        count += 1
    return count


def _sheet(
    book: Workbook, name: str, columns: Sequence[Column], looks: dict[str, Format], zone: ZoneInfo
) -> tuple[Worksheet, list[Callable[[Worksheet, int, int, Any], object]]]:
    """Begin a sheet: a frozen header that names the zone of its moments, and a filter in each column."""
    sheet = book.add_worksheet(name)
    for place, column in enumerate(columns):
        title = f"{column.name} ({zone.key})" if column.kind is Kind.MOMENT else column.name
        sheet.set_column(place, place, max(WIDTHS[column.kind], len(title) + 2))
        sheet.write_string(0, place, title, looks["head"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, LAST_ROW - 1, len(columns) - 1)

    def moment(at_sheet: Worksheet, row: int, place: int, value: str) -> object:
        local = datetime.fromisoformat(value).astimezone(zone).replace(tzinfo=None)
        return at_sheet.write_datetime(row, place, local, looks["date"])

    writers: dict[Kind, Callable[[Worksheet, int, int, Any], object]] = {
        Kind.PLAIN: _text,
        Kind.TEXT: _text,
        Kind.JSON: lambda at_sheet, row, place, value: _text(at_sheet, row, place, ENCODE(value).decode()),
        Kind.NUMBER: lambda at_sheet, row, place, value: at_sheet.write_number(row, place, value),
        Kind.MOMENT: moment,
    }
    return sheet, [writers[column.kind] for column in columns]


def _text(sheet: Worksheet, row: int, place: int, value: Any) -> object:
    return sheet.write_string(row, place, str(value)[:LONGEST])
