"""Parquet files with real types: moments as UTC timestamps, and JSON as text that DuckDB and pandas parse.

pyarrow is an extra (`pip install 'keepwarm[parquet]'`): it is larger than everything else together.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
from pyarrow import parquet

from worker.export.formats.table import Table
from worker.export.rows.columns import Column, Kind

#: Rows of a group: what is in memory at once.
GROUP = 10_000
#: Columns that hold whole numbers; the other numbers have fractions.
WHOLE = frozenset({"group_size", "minutes", "silent_days"})
ENCODE = msgspec.json.Encoder().encode


def write(table: Table, out: BinaryIO) -> int:
    """Write one table, in constant memory, and say how many rows there were."""
    schema = pa.schema([(column.name, _type(column)) for column in table.columns])
    count, rows = 0, iter(table.rows)
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while batch := list(islice(rows, GROUP)):
            arrays = [
                pa.array(_values(column, values), type=schema.field(column.name).type)
                for column, values in zip(table.columns, zip(*batch, strict=True), strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(batch)
    return count


def _type(column: Column) -> pa.DataType:
    match column.kind:
        case Kind.MOMENT:
            return pa.timestamp("s", tz="UTC")
        case Kind.NUMBER:
            return pa.int64() if column.name in WHOLE else pa.float64()
        case _:
            return pa.string()


def _values(column: Column, values: Sequence[Any]) -> Iterator[Any] | Sequence[Any]:
    match column.kind:
        case Kind.MOMENT:
            return (None if value is None else datetime.fromisoformat(value) for value in values)
        case Kind.JSON:
            return (ENCODE(value).decode() for value in values)
        case _:
            return values
