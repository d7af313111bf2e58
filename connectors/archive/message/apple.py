"""Apple Mail's .emlx: a line with the length of the mail, the mail, and a property list with its flags."""

import plistlib
import re
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from models.enums import Place

LARGEST_LIST = 1 << 16  # bytes of the property list

_LENGTH = re.compile(rb"\s{0,8}(\d{1,12})[ \t]*\r?\n")
# Apple documents none of this; the bits are as mail tools for .emlx have found them.
_DELETED, _DRAFT = 1 << 1, 1 << 6


def after_length(beginning: bytes) -> tuple[int, int] | None:
    """Return where the mail begins and ends; None where no length comes first."""
    found = _LENGTH.match(beginning)
    return (found.end(), found.end() + int(found[1])) if found else None


def flagged(file: BinaryIO, end: int, place: Place) -> Place:
    """Say where a mail that ends at byte `end` lies, by the flags behind it."""
    file.seek(end)
    try:
        flags = plistlib.loads(file.read(LARGEST_LIST).strip()).get("flags", 0)
    except (ValueError, TypeError, AttributeError, ExpatError, OverflowError, plistlib.InvalidFileException):
        return place
    if not isinstance(flags, int):
        return place
    return Place.DRAFT if flags & _DRAFT else Place.TRASH if flags & _DELETED else place
