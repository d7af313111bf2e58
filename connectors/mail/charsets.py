"""Bytes as text, by the label they bear as the web platform reads it, by detection where there is none.

Sources: the WHATWG Encoding Standard (labels, and gb2312 read as its superset), RFC 1468 (ISO-2022-JP), RFC 2781
(UTF-16). Mail also bears labels that no browser knows (UTF-7, HZ, DOS code pages): Python's own codecs read those.
"""

import codecs
import re
from functools import lru_cache

import webencodings
from chardetng_py import EncodingDetector

from connectors.mail.jis import ESCAPE, from_jis

MOST_LOOKED_AT = 1 << 16  # bytes a charset is guessed from

# What the web platform reads by a wider table than Python's codec of that name has; tried in this order.
_WIDER = {
    "gbk": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("big5hkscs", "cp950"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "iso-2022-jp": ("iso-2022-jp",),
    "utf-16le": ("utf-16",),
}
# Codecs that are no charset: their "text" is code, or a name.
_NO_CHARSETS = frozenset({"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined", "charmap", "mbcs"})
_CODE_PAGE = re.compile(r"(?:x-)?(?:windows|win|cp|ibm|ansi|ms|dos)[-_ ]?(\d{3,5})")
_CODE_PAGES = {
    "936": "gb18030", "1200": "utf-16", "1201": "utf-16be", "20127": "us-ascii", "20866": "koi8-r",
    "21866": "koi8-u", "20932": "euc-jp", "28591": "iso-8859-1", "28592": "iso-8859-2", "28595": "iso-8859-5",
    "28597": "iso-8859-7", "28605": "iso-8859-15", "50220": "iso-2022-jp", "50221": "iso-2022-jp",
    "50222": "iso-2022-jp", "50225": "iso-2022-kr", "51932": "euc-jp", "51936": "gb18030", "51949": "euc-kr",
    "52936": "hz", "54936": "gb18030", "65000": "utf-7", "65001": "utf-8",
}  # fmt: skip
_ANY_UTF_8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_SPLIT_LETTER = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})\r?\n[ \t]([\x80-\xbf])")


def decode(raw: bytes, label: str) -> str:
    """Return `raw` as text in the charset of that label; an unknown label, or one that plainly lies, is guessed."""
    names = _codecs(label)
    if not names or (names[0] == "ascii" and not raw.isascii()):
        return guess(raw)
    if names[0] == "utf-16":
        return raw.decode(_utf_16(raw), "replace")
    for name in names:
        try:
            return from_jis(raw) if name == "iso-2022-jp" else raw.decode(name)
        except (UnicodeError, LookupError):
            continue
    if names[0] == "utf-8" and not _ANY_UTF_8.search(raw):
        return guess(raw)
    return raw.decode(names[0], "replace")


def guess(raw: bytes) -> str:
    """Return bytes of an unknown charset as text: UTF-8 where they are that, else what they most look like."""
    try:
        return from_jis(raw) if ESCAPE.search(raw) else raw.decode()
    except UnicodeDecodeError:
        return decode(raw, _guessed(raw[:MOST_LOOKED_AT]))


def from_bytes(raw: bytes, label: str = "") -> str:
    """Return many lines as text: UTF-8, and the lines that are not UTF-8 in the charset `label`, or a guessed one.

    A UTF-8 character that was cut in two where a line was folded is put together again.
    """
    if ESCAPE.search(raw):
        return "\n".join(guess(line) for line in raw.split(b"\n"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raw = _SPLIT_LETTER.sub(rb"\1\2", raw)
    lines = raw.split(b"\n")
    odd = [line for line in lines if not _is_utf_8(line)]
    if not odd:
        return raw.decode()
    if not _codecs(label) or _codecs(label)[0] in {"utf-8", "ascii"}:
        label = _guessed(b"\n".join(odd)[:MOST_LOOKED_AT])
    return "\n".join(line.decode() if _is_utf_8(line) else decode(line, label) for line in lines)


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _guessed(raw: bytes) -> str:
    detector = EncodingDetector()
    detector.feed(raw, last=True)
    found: str = detector.guess(tld=None, allow_utf8=False)
    return found


def _utf_16(raw: bytes) -> str:
    """Detect the order of the bytes: by the mark at the beginning, else by where the zero bytes of ASCII are."""
    if raw[:2] in {codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE}:
        return "utf-16"
    return "utf-16-be" if raw[::2].count(0) > raw[1::2].count(0) else "utf-16-le"


@lru_cache(maxsize=1024)
def _codecs(label: str) -> tuple[str, ...]:
    """Name the Python codecs that read a label, the first that can; none where it is unknown."""
    plain = label.strip(" \t\r\n\"'").lower().removeprefix("charset=").strip("\"'")
    if plain.lstrip("_").startswith("iso-2022-jp"):
        plain = "iso-2022-jp"
    page = _CODE_PAGE.fullmatch(plain)
    tried = (plain, *((_CODE_PAGES.get(page[1], f"windows-{page[1]}"), f"cp{page[1]}") if page else ()))
    if plain in {"us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us"} or tried[-2:][0] == "us-ascii":
        return ("ascii",)
    for name in tried:
        known = webencodings.lookup(name)
        if known is not None and known.name not in {"replacement", "x-user-defined"}:
            return _WIDER.get(known.name, (known.codec_info.name,))
    for name in tried:
        try:
            found = codecs.lookup(name).name.replace("-", "_")
            b"x".decode(found, "replace")
        except (LookupError, ValueError):
            continue
        if found not in _NO_CHARSETS:
            return ("utf-16",) if found == "utf_16" else (found,)
    return ()
