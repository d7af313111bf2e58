"""Headers too large to hold: of each line and of the whole, what the limits allow is kept."""

LONGEST_LINE = 4 << 20  # of a header, in bytes; the rest of such a line is passed over
LONGEST_BLOCK = 8 << 20  # of all headers of a mail


class Kept:
    """A header block as far as the limits allow, put together from parts cut anywhere."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.block = bytearray()
        self._in_line = 0

    def add(self, part: bytes) -> None:
        """Add the next bytes of the block."""
        for number, line in enumerate(part.split(b"\n")):
            if number:
                self.block += b"\n"
                self._in_line = 0
            room = min(LONGEST_LINE - self._in_line, LONGEST_BLOCK - len(self.block))
            self.block += line[: max(room, 0)]
            self._in_line += len(line)
