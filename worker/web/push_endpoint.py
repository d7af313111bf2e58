"""Receive notifications from providers: routes below KEEPWARM_PUSH_URL, which only they know.

/google takes what Pub/Sub posts, /microsoft what Graph posts, its question whether we are here included. What is
well-formed but about no one we know is acknowledged, or it would be sent again for days; it is counted all the same.
"""

import secrets
from functools import partial
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.errors import ProtocolError
from models.enums import Provider
from worker.app.logs import Logger
from worker.app.metrics import NOTIFICATIONS
from worker.app.runtime import Runtime
from worker.sync.push import Notification, Taken, notify_graph, notify_mailbox
from worker.web.request import Threads, body_of

#: Bytes of a notification that are read at most: Graph puts many into one.
LARGEST = 256 * 1024
#: Characters of a query that are looked at at most.
LONGEST = 8 * 1024
#: Items of one notification: Graph joins what came within seconds, and sends again what is refused.
MOST_ITEMS = 128

STATUS = {Taken.TAKEN: 202, Taken.UNKNOWN: 202, Taken.FORGED: 403, Taken.MALFORMED: 400, Taken.ELSEWHERE: 404}
SAFE = {"X-Content-Type-Options": "nosniff"}

log = Logger(__name__)


def taking(runtime: Runtime) -> list[BaseRoute]:
    """Make the routes: one for every path and method, so that a guess learns nothing."""
    base = urlsplit(runtime.settings.push_url.get_secret_value()).path
    takers = {"google": take_from_google, "microsoft": take_from_graph}
    threads = Threads(8, waiting=100, seconds=30)

    async def take(request: Request) -> Response:
        before, _, who = request.scope["path"].rpartition("/")
        ours = bool(base) and secrets.compare_digest(before.encode(), base.encode())
        if not ours or who not in takers or request.method != "POST":
            NOTIFICATIONS.labels("nobody", Taken.ELSEWHERE.value).inc()
            return PlainTextResponse("", STATUS[Taken.ELSEWHERE], SAFE)
        if who == "microsoft" and (asked := asked_back(request.url.query)):
            return PlainTextResponse(asked, 200, SAFE)
        body = await body_of(request, LARGEST)
        try:
            taken = Taken.MALFORMED if body is None else await threads.run(partial(takers[who], runtime, body))
        except DBAPIError:  # the provider sends it again
            log.warning("the database does not answer; a notification has to wait")
            return PlainTextResponse("", 503, SAFE)
        NOTIFICATIONS.labels(who, taken.value).inc()
        return PlainTextResponse("", STATUS[taken], SAFE)

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [Route("/{rest:path}", take, methods=methods)]


def asked_back(query: str) -> str:
    """Return the token Graph wants to see again as plain text within ten seconds, before it subscribes."""
    return parse_qs(query[:LONGEST]).get("validationToken", [""])[0]


def take_from_google(runtime: Runtime, body: bytes) -> Taken:
    """Take one notification of Pub/Sub's."""
    from connectors.gmail.push import address_in

    try:
        return notify_mailbox(runtime, Provider.GMAIL, address_in(body))
    except (ProtocolError, RecursionError):
        return Taken.MALFORMED


def take_from_graph(runtime: Runtime, body: bytes) -> Taken:
    """Take a notification of Graph's: many items, of several subscriptions perhaps; the best of them answers."""
    from connectors.outlook.push import notices

    try:
        items = dict.fromkeys(Notification(one.subscription, one.secret or "", one.event) for one in notices(body))
    except (ProtocolError, RecursionError):
        return Taken.MALFORMED
    return notify_graph(runtime, list(items)) if 0 < len(items) <= MOST_ITEMS else Taken.MALFORMED
