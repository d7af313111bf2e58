"""vCard files (RFC 2426, RFC 6350), card by card: one that cannot be read does not hide the others."""

import re
from typing import Any

import vobject

from connectors.contacts.card import MOST, Book, card_of

CARD = re.compile(r"^BEGIN:VCARD\s*?$.*?^END:VCARD\s*?$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
#: Characters of one card: pictures are inside.
LONGEST = 4 << 20


def read_vcards(text: str) -> Book:
    """Read all cards of a file."""
    found, nothing, bad = [], 0, 0
    for number, match in enumerate(CARD.finditer(text)):
        if number >= MOST:
            break
        try:
            read = vobject.readOne(_plain(match[0])) if len(match[0]) <= LONGEST else None
            if read is None:
                bad += 1
                continue
            card = card_of(_name(read), [str(one.value) for one in read.contents.get("email", [])])
        except Exception:  # noqa: BLE001 - vobject raises whatever its parsers do
            bad += 1
            continue
        if card is None:
            nothing += 1
        else:
            found.append(card)
    return Book(tuple(found), nothing, bad)


def _name(read: Any) -> str:
    """Give the name as it is shown, else its parts: before vCard 3.0 the first need not be said, and some leave it."""
    if hasattr(read, "fn") and str(read.fn.value).strip():
        return str(read.fn.value)
    parts = read.n.value if hasattr(read, "n") else None
    return " ".join(" ".join(_listed(part)) for part in (parts.given, parts.additional, parts.family)) if parts else ""


def _listed(part: str | list[str]) -> list[str]:
    return [part] if isinstance(part, str) else part


def _plain(card: str) -> str:
    """Leave pictures, sounds and keys out: they are large, and no one looks at them."""
    unfolded = re.sub(r"(?<!=)\r?\n[ \t]", "", card)  # after "=" the space is a character
    lines = _joined(unfolded.splitlines())
    kept = [
        line
        for line in lines
        if re.match(r"(?:[\w-]+\.)?(?:BEGIN|END|VERSION|FN|N|EMAIL)[;:]", line, re.IGNORECASE)
        or line.upper().startswith(("BEGIN:", "END:"))
    ]
    return "\r\n".join(kept) + "\r\n"


def _joined(lines: list[str]) -> list[str]:
    """Put quoted-printable lines together (vCard 2.1): "=" at the end goes on, and no property begins with one."""
    whole: list[list[str]] = []
    open_line = quoted = False
    for line in lines:
        if whole and (line.startswith("=") or (quoted and open_line)):
            whole[-1].append(line.removesuffix("="))
        else:
            quoted = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
            whole.append([line.removesuffix("=") if quoted else line])
        open_line = line.endswith("=")
    return ["".join(parts) for parts in whole]
