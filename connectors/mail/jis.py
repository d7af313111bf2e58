"""ISO-2022-JP as mail programs write it: RFC 1468 with half-width kana, JIS X 0212 and the vendors' extra rows.

Python's codecs of that name lack the rows that Windows added (circled numbers, variants of names), which cp932 has.
"""

import re

ESCAPE = re.compile(rb"\x1b(?:\([BJIH]|\$[@B]|\$\([@BD])")
_PARTS = re.compile(rb"(\x1b(?:\([BJIH]|\$[@B]|\$\([@BD]|&@))")


def from_jis(raw: bytes) -> str:
    """Decode ISO-2022-JP.

    Raises:
        UnicodeDecodeError: it holds bytes that are not of seven bits.
    """
    if not raw.isascii():
        raw.decode("ascii")
    text, mode = "", b""
    for number, part in enumerate(_PARTS.split(raw)):
        if number % 2:
            mode = part[1:]
        elif mode in {b"$B", b"$@", b"$(B", b"$(@"}:
            text += bytes(_shifted(part)).decode("cp932", "replace")
        elif mode == b"$(D":
            pairs = bytes(byte | 0x80 for byte in part if byte > 0x20)
            text += b"".join(b"\x8f" + pairs[at : at + 2] for at in range(0, len(pairs), 2)).decode("euc_jp", "replace")
        elif mode == b"(I":
            text += bytes(byte | 0x80 if byte > 0x20 else byte for byte in part).decode("cp932", "replace")
        else:
            text += part.decode("ascii")
    return text


def _shifted(part: bytes) -> bytearray:
    """Convert pairs of JIS X 0208 bytes into Shift_JIS; blanks and line ends between them stay."""
    shifted, first = bytearray(), 0
    for byte in part:
        if byte <= 0x20:
            shifted.append(byte)
            first = 0
        elif not first:
            first = byte
        else:
            lead = (first - 0x21 >> 1) + 0x81
            second = (byte + 0x1F + (byte > 0x5F)) if first % 2 else byte + 0x7E
            shifted += bytes((lead + 0x40 * (lead > 0x9F), second))
            first = 0
    return shifted
