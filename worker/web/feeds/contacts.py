"""The address book as one vCard file, for phones and mail programs that subscribe to an address.

They send no headers of ours, so the token stands in the address; it opens nothing else, and can be revoked. Requests
are not logged.
"""

from functools import partial
from hashlib import blake2b

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from worker.app.runtime import Runtime
from worker.web.api.rates import Rates
from worker.web.feeds.address_book import open_book, written
from worker.web.hosts import OurHosts
from worker.web.request import Threads

PLACE = "/feeds/{token}/contacts.vcf"
SAFE = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def feed_routes(runtime: Runtime) -> list[BaseRoute]:
    """Make the route of the address book."""
    threads, rates = Threads(2, waiting=20, seconds=60), Rates(30)

    async def answer(request: Request) -> Response:
        if rates.take(request.client.host if request.client else ""):
            return PlainTextResponse("Too many requests.\n", 429, {**SAFE, "Retry-After": "60"})
        cards = await threads.run(partial(_cards, runtime, request.path_params["token"]))
        if cards is None:
            return PlainTextResponse("There is no such address book.\n", 404, SAFE)
        tag = f'"{blake2b(cards, digest_size=16).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, {**SAFE, "ETag": tag})
        return Response(cards, 200, {**SAFE, "ETag": tag}, "text/vcard; charset=utf-8")

    hosts = Middleware(OurHosts, public_url=runtime.settings.public_url)
    return [Route(PLACE, answer, methods=["GET"], middleware=[hosts])]


def _cards(runtime: Runtime, token: str) -> bytes | None:
    """Write everyone who is more than a contact; None if the token doesn't open this."""
    book = open_book(runtime, token)
    return None if book is None else written(runtime, book.cards)
