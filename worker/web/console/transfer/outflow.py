"""Bytes from a writer to a browser as they are made: a bounded pipe between two threads, so that memory stays small."""

import io
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

#: Bytes of one piece, pieces that wait at most, and seconds a browser may take for one of them.
PIECE, WAITING, PATIENCE = 64 << 10, 8, 120.0


class Gone(OSError):  # noqa: N818 - says what happened
    """The browser has gone, or no longer reads."""


class _Pipe(io.RawIOBase):
    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes | None] = queue.Queue(WAITING)
        self.gone = threading.Event()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if self.gone.is_set():
            raise Gone
        try:
            self.pieces.put(bytes(data), timeout=PATIENCE)
        except queue.Full:
            raise Gone from None
        return len(data)


def flowing(write: Callable[[BinaryIO], object]) -> Iterator[bytes]:
    """Yield what `write` writes, piece by piece; what goes wrong there ends the answer short of its end.

    The first piece is there before anything is given, so that what fails at once can still be said on a page.
    """
    pipe, failures = _Pipe(), list[BaseException]()

    def work() -> None:
        try:
            with io.BufferedWriter(cast("io.RawIOBase", pipe), PIECE) as out:
                write(cast("BinaryIO", out))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is read
            failures.append(error)
        pipe.pieces.put(None, timeout=PATIENCE)

    threading.Thread(target=work, name="outflow", daemon=True).start()
    first = pipe.pieces.get()
    if first is None and failures:
        raise failures[0]

    def pieces() -> Iterator[bytes]:
        piece = first
        try:
            while piece is not None:
                yield piece
                piece = pipe.pieces.get()
            if failures:
                raise failures[0]
        finally:
            pipe.gone.set()
            while not pipe.pieces.empty():  # whoever waits to write finds out
                pipe.pieces.get_nowait()

    return pieces()
