"""The one web server: an application from a list of routes, served in a thread beside the work of the process."""

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from models.errors import CodedError
from worker.app.logs import Logger
from worker.web.connection import Limits, bounded
from worker.web.watching import Trouble, watching_routes

#: Seconds a connection is kept open for another request.
IDLE = 5
#: Seconds a stopping server waits for answers that are being written.
LEAVE = 2
#: Bytes of a request's first line and headers.
HEADERS = 16 << 10

LIMITS = Limits()

log = Logger(__name__)


class EndpointBusy(CodedError):  # noqa: N818 - says what is wrong
    """An address to listen at cannot be used."""


def application(routes: Sequence[BaseRoute]) -> Starlette:
    """Make the application that serves these routes; an error in one of them is logged without its text, and a 500."""

    async def failed(request: Request, error: Exception) -> Response:
        log.error("a request failed", method=request.method, exc_info=error)
        return PlainTextResponse("Internal Server Error", 500)

    return Starlette(routes=list(routes), exception_handlers={Exception: failed})


@contextmanager
def served(address: str, registry: CollectorRegistry, trouble: Trouble) -> Iterator[int]:
    """Answer those who watch while the block runs; returns the port. An empty address: no one watches.

    Raises:
        EndpointBusy: the address is none, or taken.
    """
    with listening(address, watching_routes(registry, trouble), "KEEPWARM_METRICS") as port:
        yield port


@contextmanager
def listening(address: str, routes: Sequence[BaseRoute], setting: str, limits: Limits = LIMITS) -> Iterator[int]:
    """Serve routes at host:port while the block runs; returns the port, 0 where the address is empty.

    Raises:
        EndpointBusy: the address, which `setting` names, is none, or taken.
    """
    if not address:
        yield 0
        return
    import uvicorn  # not loaded by processes that serve nothing

    place = _bound(address, setting)
    config = uvicorn.Config(
        application(routes), http=bounded(limits), ws="none", loop="asyncio", lifespan="off", interface="asgi3",
        log_config=None, access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=LEAVE, h11_max_incomplete_event_size=HEADERS, backlog=limits.connections,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([place],), name="web", daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield place.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(LEAVE + 5)
        place.close()


def _port(text: str) -> int:
    if not 0 <= (number := int(text)) < 65536:  # the socket would be made before it is found out
        raise ValueError
    return number


def _bound(address: str, setting: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, _port(port)), family=family)
    except (ValueError, OSError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it isn't host:port"
        raise EndpointBusy("app.address_busy", setting=setting, address=address, why=why) from error
