"""The interactions export as text that SQLite itself writes: no object for each cell is made in between.

The bytes are those of the formats (`formats.text`); what needs a closer look, such as a text that would be a formula,
is handed to them. Elsewhere, and where SQLite were to write JSON otherwise than we do, rows are written there.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import msgspec
from sqlalchemy.engine import Connection

from models.base import seconds
from models.digests import AS_TOLD
from worker.addresses.canonical import canonical
from worker.export.formats.text import Format, head, quoted, quoted_json
from worker.export.rows.columns import Kind
from worker.export.rows.interactions import COLUMNS
from worker.export.rows.scope import Scope

#: Lines fetched at once.
PAGE = 2000
#: Texts that begin so begin no formula, and no blank or quote before one: digits, letters and brackets, other scripts.
SAFE = (("0", ":"), ("A", "{"), ("\u00c0", "\u1680"), ("\u3001", "\uff0a"))
#: Where a formula may begin within a cell.
PARTED = (b";", b"\t", b"\r", b"\n")
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
    wanted, given = _rows(scope)
    given |= {f"safe{number}": text for number, text in enumerate(chain.from_iterable(SAFE))}
    line = _csv() if form is Format.CSV else _json()
    rows, count = database.execute(f"SELECT {line}, place FROM ({wanted})", given), 0  # noqa: S608 - our own names
    look = partial(_closely, database, scope.user_id) if form is Format.CSV else None
    while page := rows.fetchmany(PAGE):
        out.write(b"".join(_checked(page, look) if look else [one for one, _ in page]))
        count += len(page)
    return count


def _checked(page: Iterable[tuple[bytes | None, int]], look: Callable[[int], bytes]) -> Iterator[bytes]:
    """Pass lines on, but look closely at those that may hold a formula: Python finds a byte faster than SQLite."""
    semicolon, tab, back, feed = PARTED
    for line, place in page:
        if line is None or semicolon in line or tab in line or back in line or feed in line:
            yield look(place)
        else:
            yield line
        yield b"\r\n"


def _closely(database: sqlite3.Connection, user_id: int, place: int) -> bytes:
    """Write one row of CSV cell by cell."""
    cells = " || ',' || ".join(SLOW.get(one.kind, "coalesce({0}, '')").format(one.name) for one in COLUMNS)
    rows = f"SELECT {_cells()} FROM interactions i WHERE i.user_id = :user AND i.rowid = :place LIMIT -1"  # noqa: S608 - our own names
    line: bytes
    ((line,),) = database.execute(f"SELECT CAST({cells} AS BLOB) FROM ({rows})", {"user": user_id, "place": place})  # noqa: S608 - our own names
    return line


def _agrees(database: sqlite3.Connection) -> bool:
    """Whether SQLite writes JSON to the byte as we do."""
    ((theirs,),) = database.execute("SELECT json_object('it', ?, 'no', NULL)", (ESCAPED,))
    return bool(theirs.encode() == msgspec.json.encode({"it": ESCAPED, "no": None}))


def _rows(scope: Scope) -> tuple[str, dict[str, object]]:
    """Ask for cells, in the order of the index on time: nothing has to be sorted or kept."""
    given: dict[str, object] = {"user": scope.user_id, "now": seconds(scope.now)}
    wanted = "i.user_id = :user AND i.counts_at <= :now"
    if scope.since is not None:
        wanted, given["since"] = f"{wanted} AND i.occurred_at >= :since", seconds(scope.since)
    if scope.until is not None:
        wanted, given["until"] = f"{wanted} AND i.occurred_at < :until", seconds(scope.until)
    if scope.person is not None:
        wanted, given["person"] = wanted + THEIRS, scope.person
    # the limit keeps SQLite from writing each cell again wherever its name stands
    order = "ORDER BY i.occurred_at, i.id LIMIT -1"
    return f"SELECT i.rowid AS place, {_cells()} FROM interactions i WHERE {wanted} {order}", given  # noqa: S608 - our own names


def _cells() -> str:
    return ", ".join(_value(column.name, column.kind) for column in COLUMNS)


def _value(name: str, kind: Kind) -> str:
    if kind is Kind.JSON:
        return f"{PEOPLE} AS {name}"
    if name == "id":
        return f"{AS_TOLD.format('i.id')} AS id"
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', i.{name}, 'unixepoch') AS {name}" if kind is Kind.MOMENT else f"i.{name}"


def _csv() -> str:
    """Write a row at once, or NULL where a text begins so that it needs a closer look. `%w` doubles quotes."""
    texts = [one.name for one in COLUMNS if one.kind is Kind.TEXT]
    spans = " OR ".join(f"({{0}} >= :safe{2 * n} AND {{0}} < :safe{2 * n + 1})" for n in range(len(SAFE)))
    harmless = " AND ".join(f"({name} IS NULL OR {spans.format(name)})" for name in texts)
    marks = ",".join('"%w"' if one.kind is Kind.JSON else "%s" for one in COLUMNS)
    quoted_text = "'\"' || replace({0}, '\"', '\"\"') || '\"'"
    cells = ", ".join(quoted_text.format(one.name) if one.kind is Kind.TEXT else one.name for one in COLUMNS)
    return f"CASE WHEN {harmless} THEN CAST(printf('{marks}', {cells}) AS BLOB) END"


def _json() -> str:
    *plain, people = (column.name for column in COLUMNS)
    pairs = ", ".join(f"'{name}', {name}" for name in plain)
    line = f"rtrim(json_object({pairs}), '}}') || ',\"{people}\":' || {people} || '}}' || char(10)"
    return f"CAST({line} AS BLOB)"
