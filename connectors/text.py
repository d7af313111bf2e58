"""Text as strangers write it, made safe to keep: decoded, on one line, without NUL, bounded."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from functools import lru_cache

LIMIT = 4 * 998  # four lines of the longest kind RFC 5322 allows: no honest subject or name is longer
LONGEST_REMEMBERED = 300

# RFC 2047, with the language RFC 2231 allows after the charset; blanks between two encoded words are not text.
_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?[^?\s]+\?[bBqQ]\?[^?]*\?=))?")
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
    if "=?" not in text:
        return clean(text, limit)
    return _remembered(text, limit) if len(text) < LONGEST_REMEMBERED else _undone(text, limit)


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


@lru_cache(maxsize=8192)
def _remembered(text: str, limit: int) -> str:
    return _undone(text, limit)


def _undone(text: str, limit: int) -> str:
    text = _FOLDS.sub(
        " ", _UNSAFE.sub("", text[: 4 * limit])
    )  # an encoded word takes at most four times the room of what it says
    return clean("".join(_pieces(text)), limit)


def _pieces(text: str) -> Iterator[str]:
    """Give plain text and decoded words; adjacent words of one charset are joined first: letters may be cut in two."""
    at, raw, charset = 0, b"", ""
    for word in _WORD.finditer(text):
        between = text[at : word.start()]
        if raw and (between or word[1] != charset):
            yield _said(raw, charset)
            raw = b""
        yield between
        charset, at = word[1], word.end()
        raw += _unpacked(word[2], word[3])
    yield _said(raw, charset)
    yield text[at:]


def _unpacked(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return a2b_qp(text.encode(), header=True)
    try:
        # Padding is often missing; too much of it does no harm.
        return a2b_base64(text.encode() + b"==")
    except Base64Error:
        return text.encode()


def _said(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # an unknown charset, or the name of a codec that is none
        return _line(raw)
