"""Cursors: where the next page of a list begins, as text that programs hand back unread."""

import base64
import binascii
import json
from typing import Any

from models.errors import CodedError

#: Characters a cursor has at most: an address is at most 320 bytes.
LONGEST = 2000


class BadCursor(CodedError):  # noqa: N818 - says what is wrong
    """A cursor that no page gave, or that belongs to another list or order."""


def write_cursor(*after: str | float) -> str:
    """Write the sort key of the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps(after).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type[str] | type[float]) -> list[Any]:
    """Read a cursor whose parts must be of these kinds.

    Raises:
        BadCursor: it is not one of this list.
    """
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor("view.bad_cursor") from error
    fits = isinstance(found, list) and len(found) == len(kinds)
    if not fits or not all(_is(part, kind) for part, kind in zip(found, kinds, strict=True)):
        raise BadCursor("view.bad_cursor")
    return [float(part) if kind is float else part for part, kind in zip(found, kinds, strict=True)]


def _is(part: object, kind: type[str] | type[float]) -> bool:
    if kind is str:
        return isinstance(part, str) and "\0" not in part and part.isprintable()
    return isinstance(part, (int, float)) and not isinstance(part, bool) and abs(part) < 1e15
