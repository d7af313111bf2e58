"""People as vCards, with the stage and the last contact in a note, for any address book (RFC 2426)."""

from collections.abc import Iterable
from typing import Any, BinaryIO

import vobject

from worker.export.rows.columns import Column


def write(rows: Iterable[tuple[Any, ...]], columns: Iterable[Column], out: BinaryIO) -> int:
    """Write rows of the relationships export as cards, one by one, and say how many there were."""
    names = [column.name for column in columns]
    count = 0
    for row in rows:
        out.write(_card(dict(zip(names, row, strict=True))).encode())
        count += 1
    return count


def _card(one: dict[str, Any]) -> str:
    card = vobject.vCard()
    name = one["name"] or one["person"]
    first, _, last = name.rpartition(" ")
    card.add("uid").value = f"keepwarm:{one['person']}"
    card.add("fn").value = name
    card.add("n").value = vobject.vcard.Name(family=last, given=first)
    for address in one["addresses"]:
        card.add("email").value = address
    said = [f"keepwarm: {one['stage']}"]
    if one["last_at"]:
        said.append(f"last contact {one['last_at'][:10]}")
    card.add("note").value = ", ".join(said)
    text: str = card.serialize()
    return text
