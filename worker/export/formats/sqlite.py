"""A SQLite copy whose tables are a promise: Datasette, DuckDB and scripts may rely on their names and columns."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

import msgspec

from worker.export.formats.table import Table
from worker.export.rows.columns import Kind

TYPES = {Kind.PLAIN: "TEXT", Kind.MOMENT: "TEXT", Kind.NUMBER: "NUMERIC", Kind.TEXT: "TEXT", Kind.JSON: "TEXT"}
#: Columns that questions are asked by.
INDEXED = frozenset({"occurred_at", "person"})
BATCH = 1000
ENCODE = msgspec.json.Encoder().encode


def write(tables: Iterable[Table], out: BinaryIO) -> int:
    """Write one database file, in constant memory, and say how many rows there were."""
    with tempfile.TemporaryDirectory(prefix="keepwarm-export-") as folder:
        path = Path(folder) / "export.db"
        database = sqlite3.connect(path, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode=OFF")
            database.execute("BEGIN")
            count = sum(_table(database, table) for table in tables)
            database.execute("COMMIT")
        finally:
            database.close()
        with path.open("rb") as made:
            copyfileobj(made, out)
    return count


def _table(database: sqlite3.Connection, table: Table) -> int:
    columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in table.columns)
    database.execute(f'CREATE TABLE "{table.name}" ({columns})')
    marks = ", ".join("?" * len(table.columns))
    json = [place for place, column in enumerate(table.columns) if column.kind is Kind.JSON]
    count, rows = 0, _plain(table.rows, json)
    while batch := list(islice(rows, BATCH)):
        database.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', batch)  # noqa: S608 - our own names
        count += len(batch)
    for column in table.columns:
        if column.name in INDEXED:
            database.execute(f'CREATE INDEX "{table.name}_{column.name}" ON "{table.name}" ("{column.name}")')
    return count


def _plain(rows: Iterable[tuple[Any, ...]], json: list[int]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if json:
            cells = list(row)
            for place in json:
                cells[place] = ENCODE(row[place]).decode()
            yield tuple(cells)
        else:
            yield row
