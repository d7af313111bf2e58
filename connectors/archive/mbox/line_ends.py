"""Files whose lines end as Macs once ended them, read as if they ended in line feeds; each byte stays where it is."""

from collections.abc import Callable

Read = Callable[[int], bytes]


def with_line_feeds(read: Read, beginning: bytes) -> Read:
    """Return what reads the file as lines that end in line feeds, where its beginning has none."""
    return _from_returns(read) if b"\r" in beginning and b"\n" not in beginning else read


def _from_returns(read: Read) -> Read:
    carried = b""

    def converted(size: int) -> bytes:
        nonlocal carried
        piece, carried = carried + read(size), b""
        if piece.endswith(b"\r") and (more := read(1)):
            # Whether a line feed follows decides; it must not become a second line end.
            piece, carried = (piece, more) if more != b"\n" else (piece + more, b"")
        return piece.replace(b"\r\n", b"\0\n").replace(b"\r", b"\n").replace(b"\0\n", b"\r\n")

    return converted
