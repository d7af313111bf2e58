"""Moving an installation from one database to another, row by row, in one transaction."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, bindparam, func, insert, select, text, type_coerce
from sqlalchemy.engine import Connection, Engine

from models.errors import CodedError
from models.learned import Packed
from models.tables import Base
from worker.storage.migrations import check_schema, upgrade
from worker.storage.transactions import reading, writing

#: Rows written in one statement.
BATCH = 1000
#: What lies in a database only for those who are at work in it.
PASSING = {"locks"}


class NotEmpty(CodedError):  # noqa: N818 - says what is wrong
    """The database to copy to holds something already."""


def copy(source: Engine, target: Engine) -> dict[str, int]:
    """Copy everything into an empty database, which gets its tables first; returns the number of rows by table.

    Raises:
        SchemaMismatch: one of the two is from another version.
        NotEmpty: there is something in the target; nothing was changed.
    """
    check_schema(source)
    upgrade(target)
    tables = [table for table in Base.metadata.sorted_tables if table.name not in PASSING]
    with reading(source) as old, writing(target) as new:
        for table in tables:
            if new.execute(select(func.count()).select_from(table)).scalar():
                raise NotEmpty("app.not_empty", table=table.name)
        return {table.name: _copy_table(old, new, table) for table in tables}


def _copy_table(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    raw = {one.name: bindparam(f"raw_{one.name}", type_=LargeBinary) for one in _packed(table)}
    for rows in _batches(old, table):
        new.execute(insert(table).values(raw) if raw else insert(table), rows)
        count += len(rows)
    counted = table.autoincrement_column
    if counted is not None and new.dialect.name == "postgresql":  # else the next row would be given a taken number
        name, key = table.name, counted.name
        new.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', '{key}'), coalesce(max({key}), 0) + 1, false) "  # noqa: S608 - our own names
                f'FROM "{name}"'
            ),
        )
    return count


def _batches(old: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    packed = _packed(table)
    columns = [
        type_coerce(one, LargeBinary).label(f"raw_{one.name}") if one in packed else one for one in table.columns
    ]
    ordered = select(*columns).order_by(*table.primary_key.columns)
    rows = old.execution_options(stream_results=True, max_row_buffer=BATCH).execute(ordered)
    for part in rows.partitions(BATCH):
        yield [dict(row._mapping) for row in part]  # noqa: SLF001 - SQLAlchemy's documented name


def _packed(table: Table) -> list[Column[Any]]:
    """Name the columns that are copied as they are stored: the dictionaries they are packed with come along."""
    return [column for column in table.columns if isinstance(column.type, Packed)]
