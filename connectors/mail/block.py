"""A raw header block split into its fields, in any line ends and any charset, with the faults of real mailers."""

import re

from connectors.mail.charsets import from_bytes
from connectors.mail.encoded_words import escaped

_FIELD = re.compile(r"\n([!-9;-~]{1,76})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_CHARSET = re.compile(
    rb"\ncontent-type[ \t]*:[^\n]*(?:\r?\n[ \t][^\n]*)*?charset=\s*\"?([!-~]{1,40}?)[\"\s;]", re.IGNORECASE
)
_BOM = b"\xef\xbb\xbf"


def fields(block: bytes) -> list[tuple[str, str]]:
    """Give name and value of each header field in `block`, in order; values are still folded and encoded."""
    if not block.isascii() or b"\x1b" in block:
        block = escaped(block.removeprefix(_BOM))
        # Bytes without a label most likely are in the charset of the mail's text.
        label = _CHARSET.search(b"\n" + block + b"\n")
        text = "\n" + from_bytes(block, label[1].decode() if label else "")
    else:
        text = "\n" + block.decode()
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
        if "\n" not in text[1:]:  # as Macs once wrote lines
            text = text.replace("\r", "\n")
    return _FIELD.findall(text)
