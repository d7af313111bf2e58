"""A raw header block split into its fields, in any line ends and any charset, with the faults of real mailers."""

import re

from connectors.mail.charsets import from_bytes
from connectors.mail.encoded_words import escaped

# Every repetition is possessive: no name holds a colon or a blank, no line a line feed.
_FIELD = re.compile(r"\n([!-9;-~]{1,76}+)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)")
_CHARSET = re.compile(
    rb"\ncontent-type[ \t]*:[^\n]*(?:\r?\n[ \t][^\n]*)*?charset=\s*\"?([!-~]{1,40}?)[\"\s;]", re.IGNORECASE
)


def fields(block: bytes) -> list[tuple[str, str]]:
    """Return name and value of each header field in `block`, in order; values are still folded and encoded."""
    try:
        text = "\n" + (block.decode() if block.find(b"\x1b") < 0 else _odd(block))
    except UnicodeDecodeError:
        text = "\n" + _odd(block)
    if text.startswith("\n\ufeff"):
        text = "\n" + text[2:]
    if text[1:2] in {" ", "\t"}:  # the first line goes on from none
        text = "\n" + text[1:].lstrip(" \t")
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
        if "\n" not in text[1:]:  # as Macs once wrote lines
            text = text.replace("\r", "\n")
    return _FIELD.findall(text)


def _odd(block: bytes) -> str:
    """Read a block that is not in UTF-8: bytes without a label most likely are in the charset of the mail's text."""
    block = escaped(block)
    label = _CHARSET.search(b"\n" + block + b"\n")
    return from_bytes(block, label[1].decode() if label else "")
