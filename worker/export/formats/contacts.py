"""People as vCards, with the stage and the last contact in a note, for any address book (RFC 2426)."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, BinaryIO

from worker.export.formats.content_lines import escaped, folded
from worker.export.rows.columns import Column

#: What a card is made of: the columns it needs, in the order in which they are unpacked.
NEEDED = ("person", "name", "addresses", "stage", "last_at")


def write(rows: Iterable[tuple[Any, ...]], columns: Iterable[Column], out: BinaryIO) -> int:
    """Write rows of the relationships export as cards, one by one, and say how many there were."""
    names = [column.name for column in columns]
    cells = itemgetter(*map(names.index, NEEDED))
    count = 0
    for row in rows:
        out.write(_card(*cells(row)))
        count += 1
    return count


def _card(person: str, name: str, addresses: Iterable[str], stage: str, last_at: str | None) -> bytes:
    called = name or person
    first, _, last = called.rpartition(" ")
    said = f"keepwarm: {stage}" + (f", last contact {last_at[:10]}" if last_at else "")
    return b"".join((
        b"BEGIN:VCARD\r\nVERSION:3.0\r\n",
        folded(f"UID:{escaped(f'keepwarm:{person}')}"),
        *(folded(f"EMAIL:{escaped(address)}") for address in addresses),
        folded(f"FN:{escaped(called)}"),
        folded(f"N:{escaped(last)};{escaped(first)};;;"),
        folded(f"NOTE:{escaped(said)}"),
        b"END:VCARD\r\n",
    ))  # fmt: skip
