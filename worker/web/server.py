"""A small HTTP endpoint for those who watch: /metrics for Prometheus, /healthz for supervisors."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app

from models.errors import CodedError

#: Says what is wrong with this process, or nothing.
Trouble = Callable[[], str]
Application = Callable[..., Iterable[bytes]]

log = structlog.get_logger(__name__)


class EndpointBusy(CodedError):  # noqa: N818 - says what is wrong
    """An address to listen at cannot be used."""


#: Connections served at the same time; more are hung up on.
MOST = 32


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    address_family = WSGIServer.address_family

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.places = threading.BoundedSemaphore(MOST)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin to serve a connection, if there is a place."""
        if self.places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection, in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library calls it
        """Somebody went away, or sent nothing for too long."""
        log.debug("a connection broke", reason=str(sys.exc_info()[1]))


class _Silent(WSGIRequestHandler):
    timeout = 10  # seconds without a word

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
        """Nobody wants a line for each look."""


def answering(registry: CollectorRegistry, trouble: Trouble) -> Application:
    """Make the application."""
    metrics = make_wsgi_app(registry)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                answer: Iterable[bytes] = metrics(environ, start)
                return answer
            case "/healthz":
                wrong = trouble()
                plain = [("Content-Type", "text/plain; charset=utf-8")]
                start("503 Service Unavailable" if wrong else "200 OK", plain)
                return [f"{wrong or 'well'}\n".encode()]
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/metrics, /healthz\n"]

    return application


@contextmanager
def served(address: str, registry: CollectorRegistry, trouble: Trouble) -> Iterator[int]:
    """Answer those who watch while the block runs; gives the port. An empty address: nobody push_subscriptions.

    Raises:
        EndpointBusy: the address is none, or taken.
    """
    with listening(address, answering(registry, trouble), "KEEPWARM_METRICS") as port:
        yield port


@contextmanager
def listening(address: str, application: Application, setting: str) -> Iterator[int]:
    """Serve an application at host:port while the block runs; gives the port, 0 where the address is empty.

    Raises:
        EndpointBusy: the address, which `setting` names, is none, or taken.
    """
    if not address:
        yield 0
        return
    host, _, port = address.rpartition(":")
    try:
        server = make_server(host.strip("[]") or "127.0.0.1", int(port), application, _Threads, handler_class=_Silent)
    except (ValueError, OverflowError, OSError) as error:
        why = getattr(error, "strerror", None) or "it isn't host:port"
        raise EndpointBusy("app.address_busy", setting=setting, address=address, why=why) from error
    thread = threading.Thread(target=server.serve_forever, name="endpoint", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
