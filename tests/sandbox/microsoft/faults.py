"""What goes wrong on purpose: throttling, outages, broken connections, and more than four requests at once."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.sandbox.http import HangUp, Response
from tests.sandbox.microsoft.odata import refusal

#: Outlook's limit per app and mailbox.
CONCURRENT = 4


@dataclass
class Faults:
    """Refuses a share `rate` of all requests and batch parts, and whatever stands in `script`, first come first."""

    rate: float = 0.0
    seed: int = 1
    retry_after: int = 1
    delay: float = 0.0  # how long a request takes, to make crowds visible
    clock: Callable[[], float] = time.monotonic
    script: deque[str] = field(default_factory=deque)
    broken: str = ""  # whatever has this in its address fails until it is mended, in batches, too
    broken_as: str = "504"
    closed: str = ""  # whatever has this in its address may not be read

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.lock = threading.Lock()
        self.in_flight = 0
        self.most_in_flight = 0
        self.crowded = 0  # requests refused for being the fifth
        self.requests = 0
        self.refused = 0  # requests and batch parts that went wrong on purpose
        self.paused_until = 0.0
        self.owed = False  # a batch part was told to wait
        self.lost = False  # the answer to this request is lost on the way, though all was done
        self.early = 0  # requests that began before a pause was over

    @contextmanager
    def request(self) -> Iterator[Response | None]:
        """Count one request in; yields the refusal it must get, if any.

        Raises:
            HangUp: the connection breaks instead.
        """
        with self.lock:
            self.requests += 1
            self.early += self.clock() < self.paused_until
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            crowd = self.in_flight > CONCURRENT
            self.crowded += crowd
        try:
            if self.delay:
                time.sleep(self.delay)
            refused = self.busy() if crowd else self.next()
            yield refused
            if self.owed or (refused is not None and "Retry-After" in refused.headers):
                self.owed, self.paused_until = False, self.clock() + self.retry_after
        finally:
            with self.lock:
                self.in_flight -= 1

    def next(self, *, part: bool = False) -> Response | None:
        """The refusal this request or batch part must get, None for an honest answer."""
        with self.lock:
            if self.script and self.script[0].startswith("part:") == part:
                kind = self.script.popleft().removeprefix("part:")
            elif self.random.random() < self.rate:
                kind = self.random.choice(["429", "503", "503 bare", "504"] + ["hang up"] * (not part))
            else:
                return None
            self.refused += kind != "pass"
        refused = self._refusal(kind)
        self.owed |= part and refused is not None and "Retry-After" in refused.headers
        return refused

    def breaks(self, path: str) -> Response | None:
        """The refusal a request or batch part for something broken must get."""
        if self.closed and self.closed in path:
            return self._refusal("denied")
        if not self.broken or self.broken not in path:
            return None
        with self.lock:
            self.refused += 1
        return self._refusal(self.broken_as)

    def busy(self) -> Response:
        text = "Application is over its MailboxConcurrency limit."
        return refusal(429, "ApplicationThrottled", text, Retry_After=str(self.retry_after))

    def _refusal(self, kind: str) -> Response | None:
        wait = str(self.retry_after)
        match kind:
            case "hang up":
                raise HangUp
            case "pass":
                return None
            case "answer lost":
                self.lost = True
                return None
            case "401":
                return refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
            case "429":
                return refusal(429, "TooManyRequests", "Too many requests.", Retry_After=wait)
            case "503":
                return refusal(503, "ServiceUnavailable", "The service is unavailable.", Retry_After=wait)
            case "503 bare":
                return refusal(503, "ServiceUnavailable", "The service is unavailable.")
            case "500":
                return refusal(500, "InternalServerError", "Error while processing response.")
            case "504":
                return refusal(504, "UnknownError", "")
            case "mailbox":
                text = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
                return refusal(404, "MailboxNotEnabledForRESTAPI", text)
            case "nonsense":
                return Response(200, b"<html>a captive portal</html>", {"Content-Type": "text/html"})
            case "cut off":
                return Response(200, b'{"value": [{"id": "AAkA', {"Content-Type": "application/json"})
            case "odd":
                return Response(200, b'{"value": {"id": 7}}', {"Content-Type": "application/json"})
            case "denied":
                return refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            case "teapot":
                return refusal(418, "ImATeapot", "No coffee here.")
        raise ValueError(kind)
