"""Text as strangers write it, made safe to keep: decoded, on one line, without NUL, bounded."""

import re
from functools import lru_cache

from connectors.mail.charsets import from_bytes
from connectors.mail.encoded_words import undone, unfolded

__all__ = ["LIMIT", "clean", "decoded", "from_bytes", "safe"]

LIMIT = 4 * 998  # four lines of the longest kind RFC 5322 allows: no honest subject or name is longer
LONGEST_REMEMBERED = 300

_LINE_ENDS = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_FOLDS = re.compile(r"\s+")
# Controls, lone surrogates, and the marks that reverse the reading direction of what follows them on a screen.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str, limit: int = LIMIT) -> str:
    """Return `text` on one line, without controls and lone surrogates, at most `limit` characters long."""
    if len(text) > limit:
        text = text[:limit]
    if not text.isprintable():
        text = _FOLDS.sub(" ", _UNSAFE.sub("", text))
    return text.strip()


def safe(text: str) -> str:
    """Return `text` as it is, but for controls, which go, and the ends of lines, which become blanks."""
    return text if text.isprintable() else _LINE_ENDS.sub(" ", _UNSAFE.sub("", text))


def decoded(text: str, limit: int = LIMIT) -> str:
    """Return an unstructured header value (a subject, a name) as a person reads it: RFC 2047 undone, then cleaned."""
    if "=?" not in text:
        return clean(text, limit)
    return _remembered(text, limit) if len(text) < LONGEST_REMEMBERED else _undone(text, limit)


@lru_cache(maxsize=8192)
def _remembered(text: str, limit: int) -> str:
    return _undone(text, limit)


def _undone(text: str, limit: int) -> str:
    # An encoded word takes at most four times the room of what it says.
    text = unfolded(text[: 4 * limit])
    return clean(undone(_FOLDS.sub(" ", _UNSAFE.sub("", text))), limit)
