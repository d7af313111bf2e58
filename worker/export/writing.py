"""Which tables can be exported in which format, and writing them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from sqlalchemy.engine import Connection

from models.enums import Channel
from models.errors import CodedError
from worker.export.formats import text
from worker.export.formats.table import Table
from worker.export.lines.write import write_lines
from worker.export.rows.scope import Scope
from worker.judgement.keep.basis import RulesSource


class What(StrEnum):
    """What can be exported."""

    INTERACTIONS = "interactions"
    TOUCHES = "touches"
    PEOPLE = "people"
    RELATIONSHIPS = "relationships"
    ALL = "all"


class Form(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"
    PARQUET = "parquet"
    SQLITE = "sqlite"
    ICS = "ics"
    VCF = "vcf"


EACH = frozenset({What.INTERACTIONS, What.TOUCHES, What.PEOPLE, What.RELATIONSHIPS})
#: What each format can hold: files of one table, files of several, and those of meetings or of people alone.
HOLDS: Mapping[Form, frozenset[What]] = {
    Form.CSV: EACH,
    Form.JSONL: EACH,
    Form.PARQUET: EACH,
    Form.XLSX: EACH | {What.ALL},
    Form.SQLITE: EACH | {What.ALL},
    Form.ICS: frozenset({What.INTERACTIONS}),
    Form.VCF: frozenset({What.RELATIONSHIPS}),
}


class FormatMissing(CodedError):  # noqa: N818 - says what is wrong
    """The format needs an extra that is not installed."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported, whose, and how: `zone` is for formats that show local times, `excel` for a CSV for Excel."""

    what: What
    form: Form
    scope: Scope
    zone: str
    rules: RulesSource
    excel: bool = False


def write(connection: Connection, export: Export, out: BinaryIO) -> int:
    """Write an export to `out` in constant memory.

    Returns:
        How many rows (events, cards) there were.

    Raises:
        ValueError: the format cannot hold that.
        FormatMissing: Parquet is asked for, and pyarrow is not installed.
    """
    if export.what not in HOLDS[export.form]:
        raise ValueError(f"{export.form.value} cannot hold {export.what.value}")
    if export.what is What.INTERACTIONS and export.form in {Form.CSV, Form.JSONL} and not export.excel:
        count = write_lines(connection, export.scope, text.Format(export.form.value), out)
        if count is not None:
            return count
    tables = _tables(connection, export)
    match export.form:
        case Form.XLSX:
            from worker.export.formats import excel

            return excel.write(tables, out, export.zone)
        case Form.SQLITE:
            from worker.export.formats import sqlite

            return sqlite.write(tables, out)
        case _:
            return _one(next(tables), export, out)


def _one(table: Table, export: Export, out: BinaryIO) -> int:
    match export.form:
        case Form.ICS:
            from worker.export.formats import calendar

            return calendar.write(table.rows, table.columns, out, export.scope.now)
        case Form.VCF:
            from worker.export.formats import contacts

            return contacts.write(table.rows, table.columns, out)
        case Form.PARQUET:
            try:
                from worker.export.formats import parquet
            except ImportError as error:
                raise FormatMissing("app.parquet_missing") from error
            return parquet.write(table, out)
        case Form.CSV if export.excel:
            from worker.export.formats import local_csv

            return local_csv.write(table, out, export.zone)
        case _:
            return text.write(table.rows, table.columns, text.Format(export.form.value), out)


def _tables(connection: Connection, export: Export) -> Iterator[Table]:
    wanted = EACH if export.what is What.ALL else {export.what}
    for what in (What.INTERACTIONS, What.TOUCHES, What.PEOPLE, What.RELATIONSHIPS):
        if what in wanted:
            yield _table(connection, export, what)


def _table(connection: Connection, export: Export, what: What) -> Table:
    scope = export.scope
    match what:  # each imports what it needs: the history must not load what judges
        case What.INTERACTIONS:
            from worker.export.rows import interactions

            channel = Channel.MEETING if export.form is Form.ICS else None
            return Table(what, interactions.COLUMNS, interactions.interactions(connection, scope, channel))
        case What.TOUCHES:
            from worker.export.rows import touches

            return Table(what, touches.COLUMNS, touches.touches(connection, scope))
        case What.PEOPLE:
            from worker.export.rows import people

            return Table(what, people.COLUMNS, people.people(connection, scope))
        case _:
            from worker.export.rows import relationships

            rows = relationships.relationships(connection, scope, export.rules)
            return Table(what, relationships.COLUMNS, rows)
