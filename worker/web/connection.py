"""One HTTP connection with deadlines: who sends a request drop by drop, or never reads its answer, is hung up on.

uvicorn bounds only the pause between two requests. Connections above a limit push out the one that has been waiting
for its request longest, so that however many say nothing, the next one that has something to say is heard.
"""

import asyncio
from typing import Any, NamedTuple

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class Limits(NamedTuple):
    """What connections may take. A process may have 1,024 files open, of which the databases need some."""

    request_seconds: float = 5.0  # from the first byte of a request, or the opening of the connection, to its last
    response_seconds: float = 60.0
    connections: int = 400
    steady: int = 0  # bytes after which the sender of a large body has that time again; 0: never


def bounded(limits: Limits) -> type[H11Protocol]:
    """Make the protocol of one server, whose connections know of each other."""
    waiting: dict[BoundedConnection, None] = {}  # for their request, the longest first
    every: dict[BoundedConnection, None] = {}

    class Connection(BoundedConnection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.limits, self.waiting, self.every = limits, waiting, every

    return Connection


class BoundedConnection(H11Protocol):
    """A connection of uvicorn's that ends by itself."""

    limits: Limits
    waiting: "dict[BoundedConnection, None]"
    every: "dict[BoundedConnection, None]"
    deadline: asyncio.TimerHandle | None = None
    come: int = 0  # bytes since the deadline was set

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        if len(self.every) >= self.limits.connections:
            oldest = next(iter(self.waiting), None) or next(iter(self.every))
            oldest.hang_up()
        self.every[self] = None
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if self not in self.waiting and (cycle is None or cycle.response_complete):
            self._await_request()
        self.come += len(data)
        if self in self.waiting and cycle is not None and 0 < self.limits.steady <= self.come:
            self._await_request()
        super().data_received(data)
        if self in self.waiting and self.conn.their_state in {h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR}:
            self._await_response()

    def on_response_complete(self) -> None:
        """Go on to the next request, which has its own deadline once it begins, when the answer has been read."""
        self._end_wait()
        super().on_response_complete()
        if self.deadline is None and self.transport.get_write_buffer_size():
            self._await_response()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._end_wait()
        self.every.pop(self, None)
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """End the connection at once, whatever is still to be written."""
        self._end_wait()
        self.every.pop(self, None)
        self.transport.abort()

    def _await_request(self) -> None:
        self._end_wait()
        self.come = 0
        self.waiting[self] = None
        self.deadline = self.loop.call_later(self.limits.request_seconds, self.hang_up)

    def _await_response(self) -> None:
        self._end_wait()
        self.deadline = self.loop.call_later(self.limits.response_seconds, self.hang_up)

    def _end_wait(self) -> None:
        self.waiting.pop(self, None)
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
