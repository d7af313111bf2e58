"""What every kind of request needs: threads of its own, and a body that is no larger than it may be."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

T = TypeVar("T")


class Threads:
    """Threads for one kind of request alone, so that no other kind ever waits behind it."""

    def __init__(self, most: int, *, waiting: int, seconds: float) -> None:
        """Have `most` at work and so many wait for them; no one waits longer than so many seconds."""
        self.limiter = anyio.CapacityLimiter(most)
        self.room = most + waiting
        self.seconds = seconds
        self.asked = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do what takes time, or asks the database.

        Raises:
            HTTPException: 503: too many ask, or it took too long.
        """
        if self.asked >= self.room:
            raise HTTPException(503, "too many requests at once\n", {"Retry-After": "5"})
        self.asked += 1
        try:
            with anyio.fail_after(self.seconds):
                return await anyio.to_thread.run_sync(work, limiter=self.limiter, abandon_on_cancel=True)
        except TimeoutError:
            raise HTTPException(503, f"no answer within {self.seconds:g} seconds\n", {"Retry-After": "5"}) from None
        finally:
            self.asked -= 1


async def body_of(request: Request, largest: int) -> bytes | None:
    """Read what was posted; None if that is nothing, more than `largest` bytes, or does not come."""
    said = request.headers.get("content-length", "0")
    if len(said) > len(str(largest)) or not said.isascii() or not said.isdecimal() or int(said) > largest:
        return None
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > largest:
                return None
    except ClientDisconnect:
        return None
    return bytes(body) or None
