"""The address book by CardDAV, read-only: what iOS, DAVx5 and Thunderbird subscribe to.

Any user name, and as its password a token that opens the address book. Nothing is written: every other method is
refused, and the book says that it can only be read.
"""

import base64
import binascii
from collections.abc import Callable
from functools import partial
from xml.etree.ElementTree import Element

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.app.runtime import Runtime
from worker.web.api.rates import Rates
from worker.web.feeds import dav
from worker.web.feeds.address_book import Book, Card, open_book, written
from worker.web.feeds.dav import CARD, DAV, SERVER, Asked, Properties
from worker.web.hosts import OurHosts
from worker.web.request import Threads, body_of

HOME, BOOK = "/carddav/", "/carddav/people/"
METHODS = ("OPTIONS", "GET", "HEAD", "PROPFIND", "REPORT")
REFUSED = ("PUT", "POST", "DELETE", "PROPPATCH", "MKCOL", "MOVE", "COPY", "LOCK", "UNLOCK")
#: Bytes of a request: an address book of ten thousand is asked for by name in pieces.
LARGEST = 1 << 20
SAFE = {"DAV": "1, 3, addressbook", "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
XML, CARDS = "application/xml; charset=utf-8", "text/vcard; charset=utf-8"
ASK = {**SAFE, "WWW-Authenticate": 'Basic realm="keepwarm", charset="UTF-8"'}


def carddav_routes(runtime: Runtime) -> list[BaseRoute]:
    """Make the routes of the address book."""
    threads, wrong = Threads(2, waiting=20, seconds=60), Rates(20)

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(None, 200, {**SAFE, "Allow": ", ".join(METHODS)})
        client = request.client.host if request.client else ""
        token = _token(request)
        if wait := wrong.take(client, peek=True):
            return PlainTextResponse("Too many requests.\n", 429, {**SAFE, "Retry-After": str(round(wait) + 1)})
        body = await body_of(request, LARGEST) or b"" if request.method in {"PROPFIND", "REPORT"} else b""
        depth = request.headers.get("depth", "0")
        work = partial(_answer, runtime, token, request.method, request.url.path, body, depth)
        found = await threads.run(work)
        if found.status_code == 401 and token:
            wrong.take(client)
        return found

    async def here(_request: Request) -> Response:
        return RedirectResponse(HOME, 308, SAFE)

    hosts = [Middleware(OurHosts, public_url=runtime.settings.public_url)]
    every = [*METHODS, *REFUSED]
    return [
        Route("/.well-known/carddav", here, methods=every, middleware=hosts),
        Route("/carddav", here, methods=every, middleware=hosts),
        Route("/carddav/{rest:path}", answer, methods=every, middleware=hosts),
    ]


def _token(request: Request) -> str:
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(said).decode().partition(":")[2].strip() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _answer(runtime: Runtime, token: str, method: str, path: str, body: bytes, depth: str) -> Response:
    book = open_book(runtime, token)
    if book is None:
        return PlainTextResponse("Sign in with a token for the address book.\n", 401, ASK)
    if method in REFUSED:
        return Response(dav.refusal(f"{DAV}need-privileges"), 403, SAFE, XML)
    write = partial(written, runtime)
    if method in {"GET", "HEAD"}:
        return _file(book, path, write)
    try:
        asked = dav.read(body)
    except dav.BadRequest:
        return PlainTextResponse("This isn't a request that CardDAV knows.\n", 400, SAFE)
    return _report(book, path, asked, write) if method == "REPORT" else _properties(book, path, asked, depth, write)


def _file(book: Book, path: str, write: Callable[[list[Card]], bytes]) -> Response:
    card = next((one for one in book.cards if path == BOOK + one.name), None)
    if card is None:
        return PlainTextResponse("There is no such card.\n", 404, SAFE)
    return Response(write([card]), 200, {**SAFE, "ETag": f'"{card.mark}"'}, CARDS)


def _properties(book: Book, path: str, asked: Asked, depth: str, write: Callable[[list[Card]], bytes]) -> Response:
    """Answer a PROPFIND: for one resource, or with `depth` 1 for what lies in it as well."""
    inside = depth != "0"
    if path == HOME:
        answers = [dav.found(HOME, _home(), asked)] + ([dav.found(BOOK, _book(book), asked)] if inside else [])
    elif path == BOOK:
        cards = book.cards if inside else ()
        answers = [dav.found(BOOK, _book(book), asked), *(_card(one, asked, write) for one in cards)]
    else:
        answers = [_card(one, asked, write) for one in book.cards if path == BOOK + one.name]
    if not answers:
        return PlainTextResponse("There is nothing here.\n", 404, SAFE)
    return Response(dav.multistatus(answers), 207, SAFE, XML)


def _report(book: Book, path: str, asked: Asked, write: Callable[[list[Card]], bytes]) -> Response:
    """Answer a REPORT on the book: named cards, all of them, or what has changed since a token."""
    if path != BOOK or asked.kind not in {dav.MULTIGET, dav.QUERY, dav.SYNC}:
        return Response(dav.refusal(f"{DAV}supported-report"), 403, SAFE, XML)
    if asked.kind == dav.MULTIGET:
        cards = {one.name: one for one in book.cards}
        answers = [
            _card(cards[name], asked, write) if name in cards else dav.missing(BOOK + name) for name in asked.files
        ]
        return Response(dav.multistatus(answers), 207, SAFE, XML)
    reached = _sync_token(book)
    if asked.kind == dav.SYNC and asked.token not in {"", reached}:  # what went is known to no one: begin again
        return Response(dav.refusal(f"{DAV}valid-sync-token"), 403, SAFE, XML)
    cards_now = () if asked.token == reached else book.cards
    answers = [_card(one, asked, write) for one in cards_now]
    return Response(dav.multistatus(answers, reached if asked.kind == dav.SYNC else ""), 207, SAFE, XML)


def _sync_token(book: Book) -> str:
    return f"data:,{book.mark}"


def _place(path: str) -> list[Element]:
    return [dav.within(f"{DAV}href", path)]


def _home() -> Properties:
    return {
        f"{DAV}resourcetype": dav.elements(f"{DAV}collection", f"{DAV}principal"),
        f"{DAV}displayname": "keepwarm",
        f"{DAV}current-user-principal": _place(HOME),
        f"{DAV}principal-URL": _place(HOME),
        f"{CARD}addressbook-home-set": _place(HOME),
    }


def _book(book: Book) -> Properties:
    reports = (dav.MULTIGET, dav.QUERY, dav.SYNC)
    supported = [dav.within(f"{DAV}supported-report", dav.within(f"{DAV}report", Element(one))) for one in reports]
    return {
        f"{DAV}resourcetype": dav.elements(f"{DAV}collection", f"{CARD}addressbook"),
        f"{DAV}displayname": "keepwarm",
        f"{DAV}current-user-principal": _place(HOME),
        f"{DAV}owner": _place(HOME),
        f"{DAV}current-user-privilege-set": [dav.within(f"{DAV}privilege", Element(f"{DAV}read"))],
        f"{DAV}supported-report-set": supported,
        f"{DAV}sync-token": _sync_token(book),
        f"{SERVER}getctag": book.mark,
    }


def _card(card: Card, asked: Asked, write: Callable[[list[Card]], bytes]) -> Element:
    has: dict[str, str | list[Element]] = {
        f"{DAV}resourcetype": [],
        f"{DAV}getcontenttype": CARDS,
        f"{DAV}getetag": f'"{card.mark}"',
    }
    if f"{CARD}address-data" in (asked.properties or ()):
        has[f"{CARD}address-data"] = write([card]).decode()
    return dav.found(BOOK + card.name, has, asked)
