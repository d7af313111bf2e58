"""The interactions export as text that SQLite itself writes, in a third of the time: not one object a cell.

The bytes are those of the formats (`formats.text`); what needs a closer look, such as a text that would be a formula,
is handed to them. Elsewhere, and where SQLite were to write JSON otherwise than we do, rows are written there.
"""

import sqlite3
from typing import Any, BinaryIO

import msgspec
from sqlalchemy.engine import Connection

from models.base import seconds
from worker.addresses.canonical import canonical
from worker.export.formats.text import Format, head, quoted, quoted_json
from worker.export.rows.columns import Kind
from worker.export.rows.interactions import COLUMNS
from worker.export.rows.scope import Scope

#: Lines fetched at once.
PAGE = 2000
#: Texts that begin so begin no formula: a digit or a letter.
SAFE = ("({0} >= '0' AND {0} < ':')", "({0} >= 'A' AND {0} < '[')", "({0} >= 'a' AND {0} < '{{')")
#: Cells that are looked at one by one.
SLOW = {
    Kind.TEXT: "CASE WHEN {0} IS NULL THEN '' ELSE keepwarm_text({0}) END",
    Kind.JSON: "keepwarm_json({0})",
}
#: Every character that JSON escapes, which tells whether SQLite does so as we do.
ESCAPED = "".join(map(chr, range(1, 0x20))) + "\"\\/'\x7f\u2028\u20ac"

PEOPLE = """
    (SELECT '[' || coalesce(group_concat(one, ','), '') || ']' FROM (
        SELECT json_object('person', coalesce(nullif(a.person, ''), keepwarm_canonical(p.address)),
            'name', coalesce(nullif(a.name, ''),
                (SELECT nullif(n.name, '') FROM people n WHERE n.user_id = a.user_id AND n.key = a.person), ''),
            'address', p.address, 'role', p.role, 'response', p.response) AS one
        FROM participations p
        LEFT JOIN addresses a ON a.user_id = p.user_id AND a.address = p.address
        WHERE p.user_id = i.user_id AND p.interaction_id = i.id ORDER BY p.address))"""
THEIRS = """
    AND i.id IN (SELECT p.interaction_id FROM participations p
        JOIN addresses a ON a.user_id = p.user_id AND a.address = p.address
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
    database.create_function("keepwarm_text", 1, quoted, deterministic=True)
    database.create_function("keepwarm_json", 1, quoted_json, deterministic=True)
    database.create_function("keepwarm_canonical", 1, canonical, deterministic=True)
    out.write(head(COLUMNS, form))
    lines, count = database.execute(*_statement(scope, form)), 0
    while page := lines.fetchmany(PAGE):
        out.write(b"".join([line for (line,) in page]))
        count += len(page)
    return count


def _agrees(database: sqlite3.Connection) -> bool:
    """Whether SQLite writes JSON to the byte as we do."""
    ((theirs,),) = database.execute("SELECT json_object('it', ?, 'no', NULL)", (ESCAPED,))
    return bool(theirs.encode() == msgspec.json.encode({"it": ESCAPED, "no": None}))


def _statement(scope: Scope, form: Format) -> tuple[str, dict[str, object]]:
    """Ask for lines, in the order of the index on time: nothing has to be sorted or kept."""
    given: dict[str, object] = {"user": scope.user_id, "now": seconds(scope.now)}
    wanted = "i.user_id = :user AND i.counts_at <= :now"
    if scope.since is not None:
        wanted, given["since"] = f"{wanted} AND i.occurred_at >= :since", seconds(scope.since)
    if scope.until is not None:
        wanted, given["until"] = f"{wanted} AND i.occurred_at < :until", seconds(scope.until)
    if scope.person is not None:
        wanted, given["person"] = wanted + THEIRS, scope.person
    cells = ", ".join(_value(column.name, column.kind) for column in COLUMNS)
    line = _csv() if form is Format.CSV else _json()
    if form is Format.CSV:
        texts = [column.name for column in COLUMNS if column.kind is Kind.TEXT]
        cells += f", json_array({', '.join(f'i.{name}' for name in texts)}) AS texts"
    # the limit keeps SQLite from writing each cell again wherever its name stands
    rows = f"SELECT {cells} FROM interactions i WHERE {wanted} ORDER BY i.occurred_at, i.id LIMIT -1"  # noqa: S608 - our own names
    return f"SELECT CAST({line} AS BLOB) FROM ({rows})", given  # noqa: S608 - our own names


def _value(name: str, kind: Kind) -> str:
    if kind is Kind.JSON:
        return f"{PEOPLE} AS {name}"
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', i.{name}, 'unixepoch') AS {name}" if kind is Kind.MOMENT else f"i.{name}"


def _csv() -> str:
    """Write a row whose texts are harmless at once, which almost all are, and any other cell by cell.

    JSON has a backslash wherever a text holds a quote, a tab, a line break or a backslash itself: one look at all of
    them together. `%w` doubles quotes.
    """
    texts = [one.name for one in COLUMNS if one.kind is Kind.TEXT]
    begin = (f"({name} IS NULL OR {' OR '.join(SAFE).format(name)})" for name in texts)
    harmless = " AND ".join(["NOT instr(texts, ';')", "NOT instr(texts, '\\')", "NOT instr(people, ';')", *begin])
    marks = ",".join('"%w"' if one.kind is Kind.JSON else "%s" for one in COLUMNS)
    cells = ", ".join(f"'\"' || {one.name} || '\"'" if one.kind is Kind.TEXT else one.name for one in COLUMNS)
    slow = " || ',' || ".join(SLOW.get(one.kind, "coalesce({0}, '')").format(one.name) for one in COLUMNS)
    return f"CASE WHEN {harmless} THEN printf('{marks}', {cells}) ELSE {slow} END || char(13, 10)"


def _json() -> str:
    *plain, people = (column.name for column in COLUMNS)
    pairs = ", ".join(f"'{name}', {name}" for name in plain)
    return f"rtrim(json_object({pairs}), '}}') || ',\"{people}\":' || {people} || '}}' || char(10)"
