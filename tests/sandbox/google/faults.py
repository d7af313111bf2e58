"""Faults on demand: which request fails, and how; the same seed makes the same storm."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.sandbox.google.wire import Refusal
from tests.sandbox.http import HangUp, Response

Fault = Callable[[Response], Response]

_JSON = {"Content-Type": "application/json; charset=UTF-8"}


def refuse(status: int, reason: str, message: str, *, retry_after: int | None = None) -> Fault:
    """Answer in Google's error shape."""
    domain = "usageLimits" if "imit" in reason else "global"
    refusal = Refusal(status, reason, message, domain=domain, retry_after=retry_after)
    return lambda _: refusal.response()


def hang_up(_: Response) -> Response:
    """Close the connection instead of answering."""
    raise HangUp


def truncate(response: Response) -> Response:
    """Announce the whole answer and send half of it."""
    return Response(response.status, response.body, response.headers, cut=True)


def not_json(_: Response) -> Response:
    """Answer 200 with the page of some proxy."""
    return Response(200, b"<html>Please log in to the guest network</html>", {"Content-Type": "text/html"})


def broken_json(response: Response) -> Response:
    """Answer 200 with JSON that stops in the middle, of the right length."""
    return Response(200, response.body[: len(response.body) // 2] or b"{", dict(_JSON))


def slow(response: Response) -> Response:
    """Take a moment."""
    time.sleep(0.02)
    return response


def turned_away(fault: Fault) -> Response | None:
    """The refusal that a fault stands for, where it says for certain that nothing was done."""
    try:
        shown = fault(Response(200, b"{}"))
    except HangUp:
        return None
    return shown if 400 <= shown.status < 500 else None


WHOLE: dict[str, Fault] = {
    "401": refuse(401, "authError", "Invalid Credentials"),
    "403 rate": refuse(403, "rateLimitExceeded", "Rate Limit Exceeded"),
    "403 user rate": refuse(403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
    "429": refuse(429, "rateLimitExceeded", "Too many concurrent requests for user"),
    "429 with Retry-After": refuse(429, "rateLimitExceeded", "Resource has been exhausted", retry_after=2),
    "500": refuse(500, "backendError", "Internal error encountered."),
    "502": refuse(502, "backendError", "Bad Gateway"),
    "503": refuse(503, "backendError", "The service is currently unavailable."),
    "504": refuse(504, "backendError", "Deadline exceeded"),
    "reset": hang_up,
    "truncated": truncate,
    "not JSON": not_json,
    "broken JSON": broken_json,
    "slow": slow,
}
PARTS: dict[str, Fault] = {
    name: WHOLE[name] for name in ("401", "403 rate", "429", "429 with Retry-After", "500", "503")
}


@dataclass
class Faults:
    """Fails a share of all requests, and of all parts of batches, and whatever is queued by name."""

    share: float = 0.0
    seed: int = 1
    kinds: tuple[str, ...] = ()  # those that happen; all, if none is named
    broken: tuple[str, ...] = ()  # whatever has all of these in its address fails until it is mended
    queued: list[Fault] = field(default_factory=list)  # the next requests to the API fail so, in this order
    queued_parts: list[Fault] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def next(self, *, part: bool) -> Fault | None:
        """Choose what happens to the request that has just come."""
        queue = self.queued_parts if part else self.queued
        if queue:
            self.happened["queued"] += 1
            return queue.pop(0)
        if not self.share or self._random.random() >= self.share:
            return None
        kinds = PARTS if part else WHOLE
        name = self._random.choice([name for name in kinds if name in (self.kinds or kinds)])
        self.happened[name] += 1
        return kinds[name]

    def breaks(self, target: str) -> Fault | None:
        """Choose what happens to a request for something broken."""
        return WHOLE["500"] if self.broken and all(part in target for part in self.broken) else None

    def then(self, *faults: Fault, parts: Sequence[Fault] = ()) -> None:
        """Let the next requests fail in this order."""
        self.queued += faults
        self.queued_parts += parts
