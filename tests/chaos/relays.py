"""A bad line between a program and a server: a share of its connections is cut, at once or in the midst of an answer."""

import random
import socket
import threading
from contextlib import suppress
from typing import Self

#: Bytes after which a line that is to be cut in the midst is cut, at most.
MIDST = 30_000
PIECE = 1 << 14


class Relay:
    """Passes bytes on from a free port to a server on loopback; `share` of its connections are cut."""

    def __init__(self, port: int, seed: int) -> None:
        self.server = port
        self.share = 0.0
        self.cut = 0
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.listener = socket.create_server(("localhost", 0))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:  # it is closed
                return
            threading.Thread(target=self._carry, args=(near, self._fate()), daemon=True).start()

    def _fate(self) -> int | None:
        """After how many bytes of answers the next line is cut; None if it holds."""
        with self.lock:
            if self.random.random() >= self.share:
                return None
            self.cut += 1
            return self.random.choice((0, self.random.randrange(MIDST)))

    def _carry(self, near: socket.socket, left: int | None) -> None:
        with near, suppress(OSError):
            if left == 0:
                return
            with socket.create_connection(("localhost", self.server), 10) as far:
                far.settimeout(None)
                threading.Thread(target=_pass_on, args=(near, far, None), daemon=True).start()
                _pass_on(far, near, left)


def _pass_on(source: socket.socket, target: socket.socket, left: int | None) -> None:
    """Carry bytes one way until an end closes, or `left` of them have passed; then neither way is open any more."""
    with suppress(OSError):
        while (left is None or left > 0) and (data := source.recv(PIECE)):
            target.sendall(data if left is None else data[:left])
            left = None if left is None else left - len(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
