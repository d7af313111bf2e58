"""The gate every request passes: our own address, a session where one is needed, and a form from our own page.

OWASP ASVS 3.4, 4.2, 13.2, 14.4 and 14.5; the list is .github/SECURITY-CONSOLE.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote

from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from models.errors import CodedError
from worker.app.logs import Logger
from worker.web.console.access.proxies import still_vouched_for
from worker.web.console.access.sessions import Session, find_session
from worker.web.console.origin import Origin, client_of, origin_of
from worker.web.console.visit import Console, Elsewhere, Visit
from worker.web.request import Threads, body_of
from worker.wording.errors.sentence import sentence

#: Threads for pages, and for changes, which may wait for other servers.
LOOKING, CHANGING = 2, 6
#: Bytes of a form.
LARGEST = 64 << 10
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no-referrer would have browsers hide the Origin of our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

log = Logger(__name__)


class Who(Enum):
    """Who may pass a door."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Door:
    """One address of the console, and the view behind it."""

    method: str  # GET | POST
    path: str
    view: Callable[[Visit], Response]
    who: Who = Who.SIGNED_IN


def routes(console: Console, doors: list[Door]) -> list[BaseRoute]:
    """Make the routes of the doors; what all users look at shares a few threads, and what they change a few others.

    Python runs one thread at a time: so few leave a sync beside them its part, however many ask at once.
    """
    threads = {"GET": Threads(LOOKING, waiting=200, seconds=60), "POST": Threads(CHANGING, waiting=200, seconds=60)}
    return [Route(door.path, _guarded(console, door, threads[door.method]), methods=[door.method]) for door in doors]


def _guarded(console: Console, door: Door, threads: Threads) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        here = approach(console, request)
        if here is None:
            return misdirected()
        form: dict[str, str] | None = {}
        if door.method == "POST":
            ours = from_our_page(request, here.origin)
            form = read_form(await body_of(request, LARGEST) or b"") if ours else None
        return await threads.run(partial(pass_through, console, door, here, form))

    return answer


@dataclass(frozen=True, slots=True)
class Approach:
    """A request that names one of our addresses."""

    request: Request
    origin: Origin
    client: str


def approach(console: Console, request: Request) -> Approach | None:
    """Find out which of our addresses a request came to; None if it named another."""
    settings = console.runtime.settings
    origin = origin_of(request.headers.get("host", ""), settings.public_url)
    if origin is None:
        return None
    peer = request.client.host if request.client else ""
    client = client_of(peer, request.headers.get("x-forwarded-for", ""), settings.proxies)
    return Approach(request, origin, client)


def misdirected() -> Response:
    """Answer a request that came under another name than ours."""
    return PlainTextResponse("keepwarm doesn't answer under this name. Set KEEPWARM_PUBLIC_URL.\n", 421, SAFE)


def from_our_page(request: Request, origin: Origin) -> bool:
    """Whether the browser says that a form comes from our own origin; one that says nothing is refused."""
    site, source = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and source is None:
        return False
    return site in {None, "same-origin"} and source in {None, str(origin)}


def read_form(body: bytes) -> dict[str, str]:
    """Read a form's fields; of several by one name the last counts."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}


def cookie_name(origin: Origin) -> str:
    """Name the session's cookie: bound to this host and https where there is https."""
    return "__Host-keepwarm" if origin.secure else "keepwarm"


def pass_through(console: Console, door: Door, here: Approach, form: dict[str, str] | None) -> Response:
    """Let a request through to its view, and make a page of whatever goes wrong there; no form: it came from afar."""
    visit = Visit(console, here.request, here.origin, here.client, None, form or {})
    try:
        visit = replace(visit, session=session_of(console, here))
        if form is None:
            response = failed(visit, 403, "This form came from another site, so nothing was changed.")
        else:
            response = _refuse(door, visit) or door.view(visit)
    except Elsewhere as other:
        response = RedirectResponse(other.path, 303)
    except HTTPException as error:
        response = failed(visit, error.status_code, _words(error.status_code))
    except CodedError as error:
        response = failed(visit, 400, sentence(error))
    except DBAPIError as error:
        log.warning("the database does not answer a page", error=type(error.orig).__name__)
        response = failed(replace(visit, session=None), 503, "The database isn't answering. Try again in a minute.")
    except Exception:
        log.exception("a page failed", method=door.method, path=door.path)
        response = failed(
            replace(visit, session=None), 500, "Something went wrong here. The log of keepwarm says what."
        )
    return finished(response, here.origin)


def session_of(console: Console, here: Approach) -> Session | None:
    """Find the session of a request."""
    secret = here.request.cookies.get(cookie_name(here.origin), "")[:200]
    session = find_session(console.runtime.engine, secret, console.runtime.clock())
    return session if session is None or still_vouched_for(console.runtime, here.request, session) else None


def _refuse(door: Door, visit: Visit) -> Response | None:
    if door.who is Who.ANYBODY:
        return None
    if visit.session is None:
        if door.method == "GET":
            path = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
            return RedirectResponse(f"/enter?next={quote(path)}" if path != "/" else "/enter", 303)
        return failed(visit, 401, "Your session has ended, so nothing was changed. Sign in and try again.")
    if door.method == "POST" and not visit.session.signed(visit.form.get("csrf", "")):
        return failed(visit, 403, "This form is out of date, so nothing was changed. Reload the page and try again.")
    if door.who is Who.ADMIN and not visit.session.admin:
        return failed(visit, 403, "Only an admin of this installation can see this page.")
    return None


def _words(status: int) -> str:
    known = {
        403: "You can't see this page.",
        404: "There is no such page.",
        413: "That is larger than keepwarm takes here.",
        429: "That was too many times in a row. Wait a few minutes and try again.",
    }
    return known.get(status, "Something went wrong, and nothing was changed.")


def failed(visit: Visit, status: int, said: str) -> Response:
    """Say on a page what went wrong."""
    return visit.page("failed.html", status=status, said=said)


def finished(response: Response, origin: Origin) -> Response:
    """Put the headers on that every answer has."""
    for name, value in SAFE.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Security-Policy"] = CSP
    if origin.secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
