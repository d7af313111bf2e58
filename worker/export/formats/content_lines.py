"""Lines of iCalendar and vCard files (RFC 5545, 6868 and 2426): what is escaped in them, and how long ones are folded.

Written here because an object for each property of each meeting takes ten times as long; tests hold these lines against
icalendar and vobject.
"""

import re

#: Bytes of a line, and of each that goes on after a space: 75 with it.
LONGEST = 74
#: What no text of these formats may hold, and what some readers take for the end of a line.
BARRED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
NEEDS_ESCAPE = re.compile("[\\\\;,\x00-\x1f\x7f-\x9f\u2028\u2029]")
NEEDS_QUOTE = re.compile('[\\^"\x00-\x1f\x7f-\x9f\u2028\u2029]')


def escaped(text: str) -> str:
    """Write text as a value."""
    if not NEEDS_ESCAPE.search(text):
        return text
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain(text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n"))


def quoted(text: str) -> str:
    """Write text as a parameter in quotes."""
    if NEEDS_QUOTE.search(text):
        text = text.replace("^", "^^").replace("\r\n", "^n").replace("\n", "^n").replace("\r", "^n").replace('"', "^'")
    return f'"{plain(text)}"'


def plain(text: str) -> str:
    """Write text where nothing can be escaped."""
    return BARRED.sub(" ", text)


def folded(line: str) -> bytes:
    """End a line, and part a long one between characters, never within an escape."""
    raw = line.encode()
    if len(raw) <= LONGEST:
        return raw + b"\r\n"
    parts, start = [], 0
    while len(raw) - start > LONGEST:
        end = start + LONGEST
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        if raw[end - 1] in b"\\^":
            end -= 1
        parts.append(raw[start:end])
        start = end
    return b"\r\n ".join([*parts, raw[start:]]) + b"\r\n"
