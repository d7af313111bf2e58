"""CSV as Excel opens it by a double click: a byte order mark, and moments in the reader's zone."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from worker.export.formats.table import Table
from worker.export.formats.text import Format
from worker.export.formats.text import write as write_text
from worker.export.rows.columns import Kind


def write(table: Table, out: BinaryIO, zone: str) -> int:
    """Write one table, and say how many rows there were."""
    out.write(BOM_UTF8)
    return write_text(_local(table, ZoneInfo(zone)), table.columns, Format.CSV, out)


def _local(table: Table, zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    moments = [place for place, column in enumerate(table.columns) if column.kind is Kind.MOMENT]
    for row in table.rows:
        cells = list(row)
        for place in moments:
            if cells[place] is not None:
                cells[place] = f"{datetime.fromisoformat(cells[place]).astimezone(zone):%Y-%m-%d %H:%M}"
        yield tuple(cells)
