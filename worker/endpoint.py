"""A small HTTP endpoint for those who watch: /metrics for Prometheus, /healthz for supervisors."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

#: Says what is wrong with this process, or nothing.
Trouble = Callable[[], str]


class EndpointBusy(Exception):  # noqa: N818 - says what is wrong
    """The address for metrics cannot be used."""


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    address_family = WSGIServer.address_family


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
        """Nobody wants a line for each look."""


def answering(registry: CollectorRegistry, trouble: Trouble) -> Callable[..., Iterable[bytes]]:
    """Make the application."""
    metrics = make_wsgi_app(registry)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                told: Iterable[bytes] = metrics(environ, start)
                return told
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
    """Answer at host:port while the block runs; gives the port. An empty address: nobody watches.

    Raises:
        EndpointBusy: the address is none, or taken.
    """
    if not address:
        yield 0
        return
    host, _, port = address.rpartition(":")
    try:
        server = make_server(
            host.strip("[]") or "127.0.0.1", int(port), answering(registry, trouble), _Threads, handler_class=_Silent
        )
    except (ValueError, OverflowError, OSError) as error:
        raise EndpointBusy(
            f"KEEPWARM_METRICS={address} cannot be used ({getattr(error, 'strerror', None) or 'it is not host:port'}). "
            "Each process needs an address of its own, such as 127.0.0.1:9464."
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="endpoint", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
