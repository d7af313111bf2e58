"""A wire tap on loopback: passes bytes on to a server and back, keeps both, and can break off."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """What went through: to the server and from it."""

    target: int
    breaks: Callable[[int], bool] = lambda _: False  # whether to break off at the so-and-so-many-th piece
    port: int = 0
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    pieces: int = 0
    connections: int = 0
    broken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def lines(self) -> list[str]:
        """Every line that was sent to the server, in order."""
        return self.sent.decode().splitlines()


@contextmanager
def relay(target: int, breaks: Callable[[int], bool] = lambda _: False) -> Iterator[Relay]:
    """Pass on to a port of this machine until the block is left."""
    tap = Relay(target, breaks)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tap.port = listening.getsockname()[1]
        listening.settimeout(0.05)
        stop = threading.Event()
        threads = [threading.Thread(target=_accept, args=(tap, listening, stop))]
        threads[0].start()
        try:
            yield tap
        finally:
            stop.set()
            threads[0].join()


def _accept(tap: Relay, listening: socket.socket, stop: threading.Event) -> None:
    threads = []
    while not stop.is_set():
        with suppress(TimeoutError):
            near, _ = listening.accept()
            far = socket.create_connection(("127.0.0.1", tap.target))
            tap.connections += 1
            for one, other, kept in ((near, far, tap.sent), (far, near, tap.received)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threads.append(threading.Thread(target=_pass, args=(tap, one, other, kept, stop)))
                threads[-1].start()
    for thread in threads:
        thread.join()


def _pass(tap: Relay, one: socket.socket, other: socket.socket, kept: bytearray, stop: threading.Event) -> None:
    with one, suppress(OSError):
        while not stop.is_set():
            one.settimeout(0.05)
            try:
                data = one.recv(16384)
            except TimeoutError:
                continue
            with tap.lock:
                tap.pieces += 1
                broken = tap.breaks(tap.pieces)
                tap.broken += broken
            if not data or broken:
                break
            kept += data
            other.sendall(data)
        other.shutdown(socket.SHUT_RDWR)
