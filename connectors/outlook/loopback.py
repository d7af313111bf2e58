"""The page a browser lands on after the person has agreed: a local server that lives until it was visited once."""

import queue
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

THANKS = b"<!doctype html><title>keepwarm</title><p>Thank you. You can close this page and go back to keepwarm.</p>"


class Loopback:
    """Listens on 127.0.0.1; Microsoft takes http://localhost with any port as registered."""

    def __init__(self, port: int = 0) -> None:
        """Listen on `port`, 0 for any that is free."""
        self._landed: queue.Queue[dict[str, str]] = queue.Queue()
        self._state = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _page(self))
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def redirect_uri(self) -> str:
        """Where the browser is to be sent."""
        return f"http://localhost:{self._server.server_port}/"

    def expect(self, state: str) -> None:
        """Take only answers that carry this state; anybody can call a local port."""
        self._state = state

    def offer(self, address: str) -> bool:
        """Take the address a browser landed on, here or elsewhere; whether it was an answer to this sign-in."""
        landed = dict(parse_qsl(urlsplit(address.strip()).query))
        if not self._state or landed.get("state") != self._state or not landed.keys() & {"code", "error"}:
            return False
        self._landed.put(landed)
        return True

    def wait(self, seconds: float) -> Mapping[str, str] | None:
        """What the browser brought, None if it never came."""
        with suppress(queue.Empty):
            return self._landed.get(timeout=seconds)
        return None

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()


def _page(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            taken = loopback.offer(self.path)
            self.send_response(200 if taken else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(THANKS) if taken else 0))
            self.end_headers()
            if taken:
                self.wfile.write(THANKS)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: the address holds the code."""

    return Page
