"""Text as strangers write it, made safe to keep: decoded, on one line, without NUL, bounded."""

import re
from binascii import Error as Base64Error
from email.errors import HeaderParseError
from email.header import decode_header
from functools import lru_cache

LIMIT = 4 * 998  # four lines of the longest kind RFC 5322 allows: no honest subject or name is longer

_FOLDS = re.compile(r"\s+")
# Controls, lone surrogates, and the marks that reverse the reading direction of what follows them on a screen.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str, limit: int = LIMIT) -> str:
    """Give `text` on one line, without controls and lone surrogates, at most `limit` characters long."""
    if len(text) > limit:
        text = text[:limit]
    if not text.isprintable():
        text = _FOLDS.sub(" ", _UNSAFE.sub("", text))
    return text.strip()


def decoded(text: str, limit: int = LIMIT) -> str:
    """Give an unstructured header value (a subject, a name) as a person reads it: RFC 2047 undone, then cleaned."""
    return _decoded(text, limit) if "=?" in text else clean(text, limit)


def from_bytes(raw: bytes) -> str:
    """Give header bytes as text: UTF-8, and line by line Windows-1252 where a line is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "\n".join(map(_line, raw.split(b"\n")))


def _line(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


@lru_cache(maxsize=4096)
def _decoded(text: str, limit: int) -> str:
    text = _FOLDS.sub(" ", text[: 4 * limit])  # an encoded word takes at most four times the room of what it says
    try:
        parts = decode_header(text)
    except (HeaderParseError, Base64Error, ValueError):
        return clean(text, limit)
    return clean("".join(_part(part, charset) for part, charset in parts), limit)


def _part(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # an unknown charset, or the name of a codec that is none
        return _line(part)
