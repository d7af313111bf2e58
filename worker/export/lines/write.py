"""Writing the interactions export by SQLite where it is the database, and its JSON is ours.

The bytes are those of the formats (`formats.text`); elsewhere rows are written there.
"""

from typing import Any, BinaryIO

import msgspec
from sqlalchemy.engine import Connection

from models.base import seconds
from worker.export.formats.text import Format, head
from worker.export.lines import csv
from worker.export.lines.cells import PEOPLE, Known, cell
from worker.export.rows.interactions import COLUMNS
from worker.export.rows.scope import Scope

#: Lines fetched at once.
PAGE = 2000
#: Every character that JSON escapes, which shows whether SQLite does so as we do.
ESCAPED = "".join(map(chr, range(1, 0x20))) + "\"\\/'\x7f\u2028\u20ac"
THEIRS = """
    AND i.number IN (SELECT p.interaction FROM participations p
        JOIN addresses a ON a.user_id = p.user_id AND a.number = p.address
        WHERE p.user_id = :user AND a.person = :person)"""


def write_lines(connection: Connection, scope: Scope, form: Format, out: BinaryIO) -> int | None:
    """Write the interactions export, in constant memory; None if that is not for SQLite to do.

    Returns:
        How many rows there were.
    """
    if connection.dialect.name != "sqlite":
        return None
    database: Any = connection.connection.driver_connection
    if not _agrees(database):
        return None
    known = Known(database, scope.user_id)
    line = csv.prepare(database, known) if form is Format.CSV else _json()
    out.write(head(COLUMNS, form))
    wanted, given = _rows(scope)
    rows, count = database.execute(f"SELECT {line}, i.number {wanted}", given), 0
    while page := rows.fetchmany(PAGE):
        out.write(csv.finished(database, page) if form is Format.CSV else b"".join([one for one, _ in page]))
        count += len(page)
    return count


def _agrees(database: Any) -> bool:
    """Whether SQLite writes JSON to the byte as we do."""
    ((theirs,),) = database.execute("SELECT json_object('it', ?, 'no', NULL)", (ESCAPED,))
    return bool(theirs.encode() == msgspec.json.encode({"it": ESCAPED, "no": None}))


def _rows(scope: Scope) -> tuple[str, dict[str, object]]:
    """Say which rows, in the order of the index on time: nothing has to be sorted or kept."""
    given: dict[str, object] = {"user": scope.user_id, "now": seconds(scope.now)}
    wanted = "i.user_id = :user AND i.counts_at <= :now"
    if scope.since is not None:
        wanted, given["since"] = f"{wanted} AND i.occurred_at >= :since", seconds(scope.since)
    if scope.until is not None:
        wanted, given["until"] = f"{wanted} AND i.occurred_at < :until", seconds(scope.until)
    if scope.person is not None:
        wanted, given["person"] = wanted + THEIRS, scope.person
    return f"FROM interactions i WHERE {wanted} ORDER BY i.occurred_at, i.id", given


def _json() -> str:
    *plain, people = COLUMNS
    pairs = ", ".join(f"'{one.name}', {cell(one)}" for one in plain)
    line = f"rtrim(json_object({pairs}), '}}') || ',\"{people.name}\":' || {PEOPLE} || '}}' || char(10)"
    return f"CAST({line} AS BLOB)"
