"""RFC 2047 encoded words undone, the way they are met: folded, cut within a character, with raw bytes, unpadded."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator

from connectors.mail.charsets import decode

# With the language RFC 2231 allows after the charset. A question mark may stand in the text if no "=" follows it.
_CHARSET = r"[^?*\s]{1,40}"
_TEXT = r"(?:[^?=]|=(?!\?(?!=))|\?(?!=))*+"
_WORD = re.compile(
    rf"=\?({_CHARSET})(?:\*[^?\s]*)?\?([bBqQ])\?({_TEXT})\?=(?:\s+(?==\?{_CHARSET}(?:\*[^?\s]*)?\?[bBqQ]\?))?"
)
_FOLDED = re.compile(rf"=\?[^?]{{1,80}}\?\s*[bBqQ]\s*\?{_TEXT}\?\s*=")
_FOLD = re.compile(r"\s*\n\s+")
_BLANK = re.compile(r"[^\s] [^\s]")
_CUT_ESCAPE = re.compile(r"= ([0-9A-Fa-f]{2})|=([0-9A-Fa-f]) ([0-9A-Fa-f])")
_QUOTED = re.compile(rb"=\?[^?\s]{1,80}\?[qQ]\?[^?\n]*+\?=")
_HIGH = re.compile(rb"[\x80-\xff]")


def escaped(block: bytes) -> bytes:
    """Write the raw bytes inside quoted words of a header block as the word should have: they are in its charset."""
    return _QUOTED.sub(lambda word: _HIGH.sub(lambda byte: b"=%02X" % byte[0][0], word[0]), block)


def unfolded(text: str) -> str:
    """Take the line breaks out of encoded words, which belong to the folding and not to the text.

    Who writes blanks into words, where none may be, has folded at one of them.
    """
    if "\n" not in text:
        return text
    return _FOLDED.sub(lambda word: _FOLD.sub(" " if _BLANK.search(word[0]) else "", word[0]), text)


def undone(text: str) -> str:
    """Return `text`, which is on one line, with every encoded word in it read."""
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Yield plain text and decoded words; adjacent ones of one charset are joined first: they may split characters."""
    at, charset = 0, ""
    raw = bytearray()
    begun = ""  # of a base64 word that ends within a group of four
    for word in _WORD.finditer(text):
        between = text[at : word.start()]
        label, encoding, content = word[1].lower(), word[2].lower(), word[3]
        if between or label != charset or (begun and encoding != "b"):
            yield _said(raw, begun, charset)
            raw, begun = bytearray(), ""
        yield between
        charset, at = label, word.end()
        if encoding == "q":
            raw += _from_quoted(content, charset)
            continue
        content = begun + re.sub(r"[^A-Za-z0-9+/=]", "", content)
        whole = len(content) if "=" in content else len(content) & ~3
        raw += _from_base64(content[:whole])
        begun = content[whole:]
    yield _said(raw, begun, charset)
    yield text[at:]


def _from_quoted(content: str, charset: str) -> bytes:
    content = _CUT_ESCAPE.sub(lambda cut: f"={cut[1] or cut[2] + cut[3]}", content)
    try:
        return a2b_qp(content.encode("ascii"), header=True)
    except UnicodeEncodeError:  # characters where none may be, already decoded by whoever gave the text
        try:
            return a2b_qp(content.encode(charset, "replace"), header=True)
        except (LookupError, ValueError):
            return a2b_qp(content.encode("utf-8", "replace"), header=True)


def _from_base64(content: str) -> bytes:
    try:
        return a2b_base64(content + "==")  # padding is often missing; too much of it does no harm
    except Base64Error:
        return content.encode()


def _said(raw: bytearray, begun: str, charset: str) -> str:
    if len(begun) == 1:  # a single character of base64 says nothing
        begun = ""
    return decode(bytes(raw) + _from_base64(begun), charset) if raw or begun else ""
