"""Where commands write: data to standard output, everything else to standard error."""

import re
import sys
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.base import seconds
from models.enums import Warmth
from worker.export.rows.scope import stamp
from worker.wording.text import clean

#: Characters of one line that is said.
LONGEST = 4000
#: What JSON need not escape, and terminals obey or show other than it is written.
CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

#: What stands between columns, and what Rich reads in a plain string.
GAP, MARKUP = "  ", frozenset("[]:\n\\")

COLOURS = {
    Warmth.WARM: "green",
    Warmth.COOLING: "yellow",
    Warmth.COLD: "bright_blue",
    Warmth.RESTING: "dim",
    Warmth.UNKNOWN: "dim",
}


def say(text: str) -> None:
    """Print a message, safe to show whatever names are in it; data goes elsewhere."""
    print(harmless(text), file=sys.stderr)


def harmless(text: str) -> str:
    """Return what a terminal shows as it stands: line by line, without what moves its cursor or hides text."""
    return "\n".join(clean(line, LONGEST) for line in text.split("\n"))


#: Columns below which tables leave out what can be asked for otherwise, rather than cut names and words.
NARROW = 76


def screen() -> Console:
    """Return the console for data; wide where it is no terminal, so that nothing is cut off for `grep`."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def put_json(value: Any) -> None:
    """Print a value as JSON, for scripts."""
    sys.stdout.write(harmless_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()) + "\n")


def harmless_json(text: str) -> str:
    """Return the same JSON with escapes for what a terminal would obey."""
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: Any) -> Any:
    """Convert moments inside a value into RFC 3339 in UTC, to the second."""
    match value:
        case datetime():
            return stamp(seconds(value))
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return value


def table(*headings: str) -> Table:
    """Begin a table in keepwarm's look."""
    found = Table(box=None, pad_edge=False, header_style="dim", show_header=any(headings))
    for heading in headings:
        found.add_column(heading)
    return found


def put_table(out: Console, rows: Table) -> None:
    """Print a table of `table()`; to a file or a program line by line, the same to the byte but soon done."""
    columns = [[column.header, *column.cells] if rows.show_header else [*column.cells] for column in rows.columns]
    texts = [[cell.plain if isinstance(cell, Text) else cell for cell in cells] for cells in columns]
    widths = [max((cell_len(text) for text in cells if isinstance(text, str)), default=0) for cells in texts]
    fits = sum(widths) + len(GAP) * (len(widths) - 1) <= out.width
    if out.is_terminal or not fits or not all(map(_stands, chain(*columns))):
        out.print(rows)
        return
    for line in zip(*texts, strict=True):
        padded = (f"{text}{' ' * (width - cell_len(text))}" for text, width in zip(line, widths, strict=True))
        out.file.write(GAP.join(padded) + "\n")


def _stands(cell: object) -> bool:
    """Whether a cell stands as it is: Rich reads more into some strings, and breaks lines."""
    return "\n" not in cell.plain if isinstance(cell, Text) else isinstance(cell, str) and not MARKUP & set(cell)


def safe(text: str | None, limit: int = 60, style: str = "") -> Text:
    """Show words that came from a mail: never markup, one line, bounded."""
    return Text(clean(text or "", limit), style=style)


def bar(depth: float, width: int = 10) -> Text:
    """Draw a depth of 0 to 100 as a small bar."""
    full = round(depth / 100 * width)
    return Text.assemble(("━" * full, "green"), ("─" * (width - full), "dim"))
