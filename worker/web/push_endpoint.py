"""Receive notifications from providers: a WSGI application below KEEPWARM_PUSH_URL, which only they know.

/google takes what Pub/Sub posts, /microsoft what Graph posts, its question whether we are here included. What is
well-formed but about nobody we know is acknowledged, or it would be sent again for days; it is counted all the same.
"""

import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from sqlalchemy.exc import DBAPIError

from connectors.errors import ProtocolError
from models.enums import Provider
from worker.app.metrics import NOTIFICATIONS
from worker.app.runtime import Runtime
from worker.sync.push import Taken, notify_graph, notify_mailbox

#: Bytes of a notification that are read at most: Graph puts many into one.
LARGEST = 256 * 1024
#: Characters of a query that are looked at at most.
LONGEST = 8 * 1024

STATUS = {
    Taken.TAKEN: "202 Accepted",
    Taken.UNKNOWN: "202 Accepted",
    Taken.FORGED: "403 Forbidden",
    Taken.MALFORMED: "400 Bad Request",
    Taken.ELSEWHERE: "404 Not Found",
}
_PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]

log = structlog.get_logger(__name__)


def taking(runtime: Runtime) -> Callable[..., Iterable[bytes]]:
    """Make the application."""
    base = urlsplit(runtime.settings.push_url.get_secret_value()).path
    takers = {"google": take_from_google, "microsoft": take_from_graph}

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        before, _, who = environ["PATH_INFO"].rpartition("/")
        ours = bool(base) and secrets.compare_digest(before.encode(), base.encode())
        said = b""
        if not ours or who not in takers or environ["REQUEST_METHOD"] != "POST":
            NOTIFICATIONS.labels("nobody", Taken.ELSEWHERE.value).inc()
            status = STATUS[Taken.ELSEWHERE]
        elif who == "microsoft" and (asked := asked_back(environ["QUERY_STRING"])):
            status, said = "200 OK", asked.encode()
        else:
            status = receive(who, body_of(environ))
        start(status, list(_PLAIN))  # wsgiref writes into it
        return [said]

    def receive(who: str, body: bytes | None) -> str:
        try:
            taken = Taken.MALFORMED if body is None else takers[who](runtime, body)
        except DBAPIError:  # the provider sends it again
            log.warning("the database does not answer; a notification has to wait")
            return "503 Service Unavailable"
        NOTIFICATIONS.labels(who, taken.value).inc()
        return STATUS[taken]

    return application


def asked_back(query: str) -> str:
    """Give the token Graph wants to see again as plain text within ten seconds, before it subscribes."""
    return parse_qs(query[:LONGEST]).get("validationToken", [""])[0]


def body_of(environ: dict[str, Any]) -> bytes | None:
    """Read what was posted, None if that is nothing, too much, or does not come."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not 0 < int(length) <= LARGEST:
        return None
    try:
        body: bytes = environ["wsgi.input"].read(int(length))
    except OSError:
        return None
    return body


def take_from_google(runtime: Runtime, body: bytes) -> Taken:
    """Take one notification of Pub/Sub's."""
    from connectors.gmail.push import address_in

    try:
        return notify_mailbox(runtime, Provider.GMAIL, address_in(body))
    except ProtocolError:
        return Taken.MALFORMED


def take_from_graph(runtime: Runtime, body: bytes) -> Taken:
    """Take a notification of Graph's: many items, of several subscriptions perhaps; the best of them answers."""
    from connectors.outlook.push import notices

    try:
        found = {
            notify_graph(runtime, one.subscription, one.secret or "", one.event) for one in dict.fromkeys(notices(body))
        }
    except ProtocolError:
        return Taken.MALFORMED
    return next((taken for taken in (Taken.TAKEN, Taken.FORGED, Taken.UNKNOWN) if taken in found), Taken.MALFORMED)
