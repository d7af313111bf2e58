"""Lines of CSV from SQLite: quotes are marks at first, and few lines need a closer look.

A mark is a byte that no text in UTF-8 holds. So a page of lines shows at once whether any text in it holds a quote, may
begin a formula, or may be parted; only then is each line looked at, and only such lines are written cell by cell.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence

from worker.export.formats.text import quoted, quoted_json
from worker.export.lines.cells import EACH, ENDINGS, LAST, REMEMBERED, RESPONSE, ROLE, Known, cell
from worker.export.rows.columns import Column, Kind
from worker.export.rows.interactions import COLUMNS

#: What stands for a quote around a cell, and for one within JSON (which CSV doubles).
QUOTE, INNER = b"\xff", b"\xfe"
QUOTES = bytes.maketrans(QUOTE + INNER, b'""')
#: A text that begins with none of what most begin with: looked for in many lines at once.
UNUSUAL = re.compile(rb"\xff[^0-9A-Za-z\[<,\xc3-\xe0\xe4-\xee\xf0-\xff\r]")
#: A text that begins, behind blanks and quotes of any kind, as a formula does: what `formats.text` looks at, or more.
FORMULA = re.compile(
    rb"\xff(?:[\x01-\x20\"']|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2[\x80\x81].|\xe3\x80\x80)*"
    rb"(?:[=+\-@\t\r\n]|\xef\xbc[\x8b\x8d\x9d\xa0])",
    re.DOTALL,
)
#: Where a text may be parted, so that a formula begins within it; and a quote, which has to be doubled.
PARTED = (b";", b"\t", b'"')
#: Lines looked at together: one odd text makes each of them be looked at.
TOGETHER = 50
#: Cells that are written one by one.
SLOW = {
    Kind.TEXT: "CASE WHEN {0} IS NULL THEN '' ELSE keepwarm_text({0}) END",
    Kind.JSON: "keepwarm_json({0})",
}
#: Columns that are never NULL.
ALWAYS = frozenset({"id", "account"})

Line = tuple[bytes, int]


class Marked(dict[str, bytes]):
    """What is known of addresses, with marks for quotes."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, address: str) -> bytes:
        """Write what is known."""
        if len(self) >= REMEMBERED:
            self.clear()
        doubled = quoted_json(self._known[address])[1:-1] + '""'
        self[address] = marked = doubled.encode().replace(b'"', INNER)
        return marked


def prepare(database: sqlite3.Connection, known: Known) -> str:
    """Teach a connection what lines need, and ask for one: a blob, quotes marked.

    Roles and responses are our own words, as is all that is not text.
    """
    database.create_function("keepwarm_marked", 1, Marked(known).__getitem__)
    database.create_function("keepwarm_text", 1, quoted)
    database.create_function("keepwarm_json", 1, quoted_json)
    form = ",".join("Q%sQ" if one.name in ALWAYS or one.kind is Kind.JSON else "%s" for one in COLUMNS)
    marks = _literal(form.encode().replace(b"Q", QUOTE))
    return f"CAST(printf({marks}, {', '.join(map(_marked, COLUMNS))}) AS BLOB)"


def _marked(column: Column) -> str:
    if column.kind is Kind.JSON:
        quote, none, some, *endings = map(_inner, ('"', ',"response":null', ',"response":"', *ENDINGS))
        answer = f"CASE WHEN p.response IS NULL THEN {none} ELSE {some} || {RESPONSE} || {quote} END"
        return EACH.format(f"keepwarm_marked(a.address) || {ROLE} || {quote} || {answer} || {LAST.format(*endings)}")
    if column.kind is Kind.TEXT and column.name not in ALWAYS:
        return f"({_literal(QUOTE)} || {cell(column)} || {_literal(QUOTE)})"  # NULL stays NULL: no cell at all
    return cell(column)


def _inner(json: str) -> str:
    return _literal(json.encode().replace(b'"', INNER * 2))


def _literal(text: bytes) -> str:
    return f"CAST(x'{text.hex()}' AS TEXT)"


def finished(database: sqlite3.Connection, page: Sequence[Line]) -> bytes:
    """Write a page of marked lines as they are in the file."""
    return b"".join(
        [part for at in range(0, len(page), TOGETHER) for part in _together(database, page[at : at + TOGETHER])]
    )


def _together(database: sqlite3.Connection, lines: Sequence[Line]) -> Iterator[bytes]:
    joined = b"\r\n".join([line for line, _ in lines])
    if not _parted(joined, len(lines) - 1) and not UNUSUAL.search(joined):
        yield joined.translate(QUOTES)
        yield b"\r\n"
        return
    for line, place in lines:
        odd = _parted(line, 0) or FORMULA.search(line)
        yield _closely(database, place) if odd else line.translate(QUOTES)
        yield b"\r\n"


def _parted(lines: bytes, ends: int) -> bool:
    """Whether a text may be parted, besides at so many ends of lines."""
    return any(one in lines for one in PARTED) or lines.count(b"\r") != ends or lines.count(b"\n") != ends


def _closely(database: sqlite3.Connection, place: int) -> bytes:
    """Write one row cell by cell."""
    cells = " || ',' || ".join(SLOW.get(one.kind, "coalesce({0}, '')").format(cell(one)) for one in COLUMNS)
    found = f"SELECT CAST({cells} AS BLOB) FROM interactions i WHERE i.rowid = ?"  # noqa: S608 - our own names
    line: bytes
    ((line,),) = database.execute(found, (place,))
    return line
