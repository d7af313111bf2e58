"""vCard files (RFC 2426, RFC 6350), card by card: one that cannot be read does not hide the others."""

import re

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
            name = str(read.fn.value) if hasattr(read, "fn") else ""
            card = card_of(name, [str(one.value) for one in read.contents.get("email", [])])
        except Exception:  # noqa: BLE001 - vobject raises whatever its parsers do
            bad += 1
            continue
        if card is None:
            nothing += 1
        else:
            found.append(card)
    return Book(tuple(found), nothing, bad)


def _plain(card: str) -> str:
    """Leave pictures, sounds and keys out: they are large, and nobody looks at them."""
    unfolded = re.sub(r"\r?\n[ \t]", "", card)
    lines = unfolded.splitlines()
    kept = [
        line
        for line in lines
        if re.match(r"(?:[\w-]+\.)?(?:BEGIN|END|VERSION|FN|N|EMAIL)[;:]", line, re.IGNORECASE)
        or line.upper().startswith(("BEGIN:", "END:"))
    ]
    return "\r\n".join(kept) + "\r\n"
