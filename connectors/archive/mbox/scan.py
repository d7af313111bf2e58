"""Finds the mails of an mbox in one pass over large blocks: header blocks are cut out, bodies are skipped unread."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from connectors.archive.mbox.from_lines import LONGEST_FROM, LOOKED_AT, begins_mail, mail_follows, may_begin_mail
from connectors.archive.mbox.long_headers import LONGEST_BLOCK, Kept

CHUNK = 1 << 20
FARTHEST = 16 << 20  # bytes of a body whose stated length is looked into

_SEPARATOR = b"\nFrom "
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r?(?:\n|$)", re.IGNORECASE)
_BLANKS = re.compile(rb"(?:\r*\n){1,16}")


class Found(NamedTuple):
    """A mail: where its From_ line stands, that line, its header block, and where to look for the next one.

    `closed` is False where the file ends before the blank line after the headers; `cut` where lines were passed over.
    """

    at: int
    line: bytes
    block: bytes
    after: int
    closed: bool = True
    cut: bool = False


class Stray(NamedTuple):
    """Bytes before the first mail that are not blank, from which no mail can be read."""

    at: int
    size: int
    after: int


class End(NamedTuple):
    """The end of what there is so far, and where to look on when the file has grown."""

    after: int


class Scan:
    """One pass from byte `at`, which is 0 or the `after` of something found earlier.

    `read` gives the next bytes, and b"" at the end only. Which From_ lines begin a mail is `from_lines`' to say. A
    Content-Length is often wrong once a mail was edited or converted: it is believed only where it ends at a From_ line
    or with the file. `patches` says that patches are mails here.
    """

    def __init__(self, read: Callable[[int], bytes], at: int, *, patches: bool = False) -> None:
        """Begin at `at`, where `read` begins too."""
        self._read = read
        self._ended = False
        # The first From_ line of a file has no line feed before it: one is added.
        self._buffer, self._base = (b"\n", -1) if at == 0 else (b"", at)
        self._pos = 0
        self._patches = patches
        self._stray = at == 0  # no mail has been found yet
        self._text = False  # what was passed over until then was not blank
        while self._more() and len(self._buffer) < LOOKED_AT:
            pass

    def __iter__(self) -> Iterator[Found | Stray | End]:
        """Yield what is found, in order, and at last the end."""
        begin = self._base + 1
        if self._stray:
            if self._buffer.startswith(b"\n\xef\xbb\xbf"):
                self._buffer, self._base = b"\n" + self._buffer[4:], self._base + 3
            if first := self._headless():
                self._stray = False
                yield first
                if not first.closed:
                    yield End(first.after)
                    return
        while (line_end := self._seek()) is not None:
            if self._stray:
                yield from self._passed(begin, self._pos)
            found = self._mail(self._pos, line_end)
            yield found
            if not found.closed:
                yield End(found.after)
                return
        if self._stray and self._base < 0 and len(self._buffer) <= LOOKED_AT:
            self._pos = 0  # too little to see what it is: it is read from the start when there is more
        yield from self._passed(begin, len(self._buffer))
        yield End(self._here())

    def _headless(self) -> Found | None:
        """Return a mail that stands at the beginning of the file without a From_ line."""
        blanks = _BLANKS.match(self._buffer)
        if blanks is None or not mail_follows(self._buffer, blanks.end()):
            return None
        return self._mail(0, blanks.end() - 1)

    def _passed(self, begin: int, end: int) -> Iterator[Stray]:
        if self._stray:
            self._stray = False
            if self._text or self._buffer[:end].strip():
                yield Stray(begin, self._base + end - begin, self._here())

    def _here(self) -> int:
        # Two bytes back: whether a blank line comes before a From_ line must be seen again.
        return max(self._base + self._pos - 2, 0)

    def _more(self) -> bool:
        chunk = b"" if self._ended else self._read(CHUNK)
        if not chunk:
            self._ended = True
            return False
        drop = max(self._pos - 2, 0)
        if self._stray and not self._text:
            self._text = bool(self._buffer[:drop].strip())
        self._buffer = self._buffer[drop:] + chunk
        self._base += drop
        self._pos -= drop
        return True

    def _seek(self) -> int | None:
        """Go to the next From_ line that begins a mail (to the line feed before it); give where the line ends."""
        while True:
            at = self._buffer.find(_SEPARATOR, self._pos)
            if at < 0:
                self._pos = max(self._pos, len(self._buffer) - len(_SEPARATOR) + 1)
                if not self._more():
                    return None
                continue
            self._pos = at
            if len(self._buffer) < at + LONGEST_FROM + LOOKED_AT and self._more():
                continue
            line_end = self._buffer.find(b"\n", at + 1, at + LONGEST_FROM)
            if line_end < 0 and len(self._buffer) < at + LONGEST_FROM:
                # The file ends within the line.
                return (
                    len(self._buffer)
                    if begins_mail(self._buffer, at, len(self._buffer), patches=self._patches)
                    else None
                )
            if line_end > 0 and begins_mail(self._buffer, at, line_end, patches=self._patches):
                return line_end
            if self._ended and line_end > 0 and may_begin_mail(self._buffer, at, line_end):
                # The file ends before that is clear: it is looked at again when the file has grown.
                return None
            self._pos = at + 1

    def _mail(self, at: int, line_end: int) -> Found:
        while True:
            begin, enough = line_end + 1, True
            if self._buffer[begin : begin + 1] in {b"\n", b"\r"}:
                begin, enough = self._first_header(line_end)
            end = self._headers_end(begin - 1) if enough else -1
            if end >= 0:
                break
            if len(self._buffer) - line_end > LONGEST_BLOCK:
                return self._long_mail(at, line_end)
            if not self._more():
                here = self._here()
                return Found(self._base + at + 1, self._line(at, line_end), self._buffer[begin:], here, closed=False)
            # What lay before `at` was dropped.
            at, line_end = self._pos, line_end - (at - self._pos)
        self._pos = end
        block = self._buffer[begin:end]
        start, line = self._base + at + 1, self._line(at, line_end)
        if block.find(b"ength:") >= 0:  # `in` would first take what is looked for as a number, and fail
            self._pass_body(block)
        return Found(start, line, block, self._here())

    def _first_header(self, line_end: int) -> tuple[int, bool]:
        """Return where the headers begin, and whether enough has been read to know.

        Blank lines between the From_ line and them are passed over.
        """
        blanks = _BLANKS.match(self._buffer, line_end)
        end = blanks.end() if blanks else line_end + 1
        if mail_follows(self._buffer, end):
            return end, True
        enough = len(self._buffer) >= end + LOOKED_AT or self._buffer.find(_SEPARATOR, line_end + 1) >= 0
        return line_end + 1, enough

    def _pass_body(self, block: bytes) -> None:
        """Go to the end of a body whose stated length is right: no From_ line within it begins a mail."""
        found = _LENGTH.search(b"\n" + block)
        if found is None or int(found[1]) > FARTHEST:
            return
        blank = 3 if self._buffer[self._pos + 1 : self._pos + 2] == b"\r" else 2
        stated = self._base + self._pos + blank + int(found[1])
        while self._base + len(self._buffer) < stated + 10 and self._more():
            pass
        end = stated - self._base
        rest = self._buffer[end : end + 9]
        at_line = rest[:1] in {b"\r", b"\n"} or self._buffer[end - 1 : end] == b"\n"
        rest = rest.lstrip(b"\r\n")
        if at_line and (rest.startswith(b"From ") or (not rest and self._ended and end <= len(self._buffer))):
            self._pos = max(end - 1, self._pos)

    def _line(self, at: int, line_end: int) -> bytes:
        return self._buffer[at + 1 : line_end]

    def _headers_end(self, line_end: int) -> int:
        """Return where the blank line after the headers begins, or the next From_ line where there is none; else -1."""
        buffer = self._buffer
        first = buffer.find(b"\n", line_end + 1)
        feeds = (b"\n\n", b"\n\r\n")
        if buffer[first - 1 : first] == b"\r":
            feeds = (b"\n\r\r\n" if buffer[first - 2 : first - 1] == b"\r" else b"\n\r\n", b"\n\n")
        end = buffer.find(feeds[0], line_end)
        limit = end if end >= 0 else len(buffer)
        other = -1
        if feeds[1] == b"\n\n" or buffer.find(b"\r", line_end, limit) >= 0:  # most files hold none
            other = buffer.find(feeds[1], line_end, limit)
        if other >= 0:
            end = limit = other
        next_mail = buffer.find(_SEPARATOR, line_end, limit)
        while next_mail >= 0:
            next_end = buffer.find(b"\n", next_mail + 1, next_mail + LONGEST_FROM)
            if next_end > 0 and begins_mail(buffer, next_mail, next_end, patches=self._patches):
                return next_mail
            next_mail = buffer.find(_SEPARATOR, next_mail + 1, limit)
        return end

    def _long_mail(self, at: int, line_end: int) -> Found:
        """Go through headers too large to hold, keeping of each line and of the whole what the limits allow."""
        start, line = self._base + at + 1, self._line(at, line_end)
        kept = Kept()
        self._pos = line_end + 1
        while True:
            ends = [end for blank in (b"\n\n", b"\n\r\n") if (end := self._buffer.find(blank, self._pos - 1)) >= 0]
            stop = min(ends) if ends else max(self._pos, len(self._buffer) - 2)
            kept.add(self._buffer[self._pos : stop])
            self._pos = max(stop, self._pos)
            if ends or not self._more():
                return Found(start, line, bytes(kept.block), self._here(), closed=bool(ends), cut=True)
