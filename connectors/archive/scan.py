"""Finds the mails of an mbox in one pass over large blocks: header blocks are cut out, bodies are skipped unread."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

CHUNK = 1 << 20
LONGEST_LINE = 4 << 20  # of a header, in bytes; the rest of such a line is passed over
LONGEST_BLOCK = 8 << 20  # of all headers of a mail
LONGEST_FROM = 1000

_SEPARATOR = b"\nFrom "
_TIME = re.compile(rb"\d\d?:\d\d")
_HEADER_SO_FAR = re.compile(rb"[!-9;-~]{0,76}[ \t]*")
_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:|>From ")


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
    """Bytes before the first From_ line that are not blank: no mail can be told from them."""

    at: int
    size: int
    after: int


class End(NamedTuple):
    """The end of what there is so far, and where to look on when the file has grown."""

    after: int


class Scan:
    """One pass from byte `at`, which is 0 or the `after` of something found earlier.

    `read` gives the next bytes, and b"" at the end only. A From_ line begins a mail if a header follows it and it
    holds a time or follows a blank line: writers quote such lines in bodies (">From "), and where one does not, prose
    fails this. Content-Length is not trusted: it is often wrong once a mail was edited or converted.
    """

    def __init__(self, read: Callable[[int], bytes], at: int) -> None:
        """Stand at `at`, where `read` stands too."""
        self._read = read
        self._ended = False
        # The first From_ line of a file has no line feed before it: one is imagined.
        self._held, self._base = (b"\n", -1) if at == 0 else (b"", at)
        self._pos = 0
        self._begins = at == 0
        self._more()

    def __iter__(self) -> Iterator[Found | Stray | End]:
        """Give what is found, in order, and at last the end."""
        if self._begins:
            yield from self._stray()
        while (line_end := self._seek()) is not None:
            found = self._mail(self._pos, line_end)
            yield found
            if not found.closed:
                yield End(found.after)
                return
        yield End(self._here())

    def _here(self) -> int:
        # Two bytes back: whether a blank line comes before a From_ line must be seen again.
        return max(self._base + self._pos - 2, 0)

    def _more(self) -> bool:
        chunk = b"" if self._ended else self._read(CHUNK)
        if not chunk:
            self._ended = True
            return False
        drop = max(self._pos - 2, 0)
        self._held = self._held[drop:] + chunk
        self._base += drop
        self._pos -= drop
        return True

    def _stray(self) -> Iterator[Stray]:
        if self._held.startswith(b"\n\xef\xbb\xbf"):
            self._held, self._base = b"\n" + self._held[4:], self._base + 3
        begin, blank = self._base + 1, True
        while True:
            at, ended = self._held.find(_SEPARATOR, self._pos), self._ended
            stop = at if at >= 0 else max(self._pos, len(self._held) - len(_SEPARATOR) + 1)
            looked = len(self._held) if at < 0 and ended else stop
            blank = blank and not self._held[self._pos : looked].strip()
            size = self._base + looked - begin
            self._pos = stop
            if at >= 0 or ended:
                break
            self._more()
        if not blank:
            yield Stray(begin, size, self._here())

    def _seek(self) -> int | None:
        """Go to the next From_ line that begins a mail (to the line feed before it); give where the line ends."""
        while True:
            at = self._held.find(_SEPARATOR, self._pos)
            if at < 0:
                self._pos = max(self._pos, len(self._held) - len(_SEPARATOR) + 1)
                if not self._more():
                    return None
                continue
            self._pos = at
            if len(self._held) < at + LONGEST_FROM + 100 and self._more():
                continue
            line_end = self._held.find(b"\n", at + 1, at + LONGEST_FROM)
            if line_end < 0 and len(self._held) < at + LONGEST_FROM:
                # The file ends within the line.
                return len(self._held) if self._begins_mail(at, len(self._held)) else None
            if line_end > 0 and self._begins_mail(at, line_end):
                return line_end
            if self._ended and line_end > 0 and _HEADER_SO_FAR.fullmatch(self._held, line_end + 1):
                # The file ends before it can be told: it is looked at again when the file has grown.
                return None
            self._pos = at + 1

    def _begins_mail(self, at: int, line_end: int) -> bool:
        timed = _TIME.search(self._held, at, line_end) is not None
        before = self._held[max(at - 2, 0) : at]
        blank = at == 0 or before.endswith(b"\n") or before == b"\n\r"
        headed = _HEADER.match(self._held, line_end + 1) is not None
        return (headed and (timed or blank)) or (timed and blank)

    def _mail(self, at: int, line_end: int) -> Found:
        while True:
            end = self._headers_end(line_end)
            if end >= 0:
                break
            if len(self._held) - line_end > LONGEST_BLOCK:
                return self._long_mail(at, line_end)
            if not self._more():
                here = self._here()
                return Found(
                    self._base + at + 1, self._line(at, line_end), self._held[line_end + 1 :], here, closed=False
                )
            # What lay before `at` was dropped.
            at, line_end = self._pos, line_end - (at - self._pos)
        self._pos = end
        block = self._held[line_end + 1 : end]
        return Found(self._base + at + 1, self._line(at, line_end), block, self._here())

    def _line(self, at: int, line_end: int) -> bytes:
        return self._held[at + 1 : line_end]

    def _headers_end(self, line_end: int) -> int:
        """Give where the blank line after the headers begins, or the next From_ line where there is none; else -1."""
        held = self._held
        first = held.find(b"\n", line_end + 1)
        feeds = (b"\n\r\n", b"\n\n") if held[first - 1 : first] == b"\r" else (b"\n\n", b"\n\r\n")
        end = held.find(feeds[0], line_end)
        limit = end if end >= 0 else len(held)
        other = held.find(feeds[1], line_end, limit)
        if other >= 0:
            end = limit = other
        next_mail = held.find(_SEPARATOR, line_end, limit)
        while next_mail >= 0:
            next_end = held.find(b"\n", next_mail + 1, next_mail + LONGEST_FROM)
            if next_end > 0 and self._begins_mail(next_mail, next_end):
                return next_mail
            next_mail = held.find(_SEPARATOR, next_mail + 1, limit)
        return end

    def _long_mail(self, at: int, line_end: int) -> Found:
        """Go through headers too large to hold, keeping of each line and of the whole what the limits allow."""
        start, line = self._base + at + 1, self._line(at, line_end)
        kept = _Kept()
        self._pos = line_end + 1
        while True:
            ends = [end for blank in (b"\n\n", b"\n\r\n") if (end := self._held.find(blank, self._pos - 1)) >= 0]
            stop = min(ends) if ends else max(self._pos, len(self._held) - 2)
            kept.add(self._held[self._pos : stop])
            self._pos = max(stop, self._pos)
            if ends or not self._more():
                return Found(start, line, bytes(kept.block), self._here(), closed=bool(ends), cut=True)


class _Kept:
    def __init__(self) -> None:
        self.block = bytearray()
        self._in_line = 0

    def add(self, part: bytes) -> None:
        for number, line in enumerate(part.split(b"\n")):
            if number:
                self.block += b"\n"
                self._in_line = 0
            room = min(LONGEST_LINE - self._in_line, LONGEST_BLOCK - len(self.block))
            self.block += line[: max(room, 0)]
            self._in_line += len(line)
