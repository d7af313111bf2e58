"""The page a browser lands on after the person has decided: a local server that waits for one answer."""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from connectors.errors import ProtocolError

#: What the browser brought -> the sentence to show.
Words = Callable[[Mapping[str, str]], str]
_PAGE = '<!doctype html><meta charset="utf-8"><title>keepwarm</title><p style="font:1.2em sans-serif;margin:3em">{}</p>'


class Loopback:
    """Listens on 127.0.0.1 from its making until it is left; `words` chooses what the last page says."""

    def __init__(self, words: Words, *, port: int = 0) -> None:
        """Listen on `port`, 0 for any that is free.

        Raises:
            OSError: the port is in use.
        """
        self.words = words
        self._landed: queue.Queue[dict[str, str]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _page(self))
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def address(self, host: str) -> str:
        """Where the browser is to be sent, as the provider wants this machine called."""
        return f"http://{host}:{self._server.server_port}/"

    def offer(self, address: str) -> str | None:
        """Take the address a browser landed on, here or elsewhere; the words for it, None if it is no answer at all."""
        landed = dict(parse_qsl(urlsplit(address.strip()).query))
        if not landed.keys() & {"code", "error"}:
            return None
        self._landed.put(landed)
        return self.words(landed)

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


@contextmanager
def listening(state: str, port: int) -> Iterator[Loopback]:
    """Listen for the answer to the sign-in that `state` names, and tell the person at the browser what became of it.

    Raises:
        ProtocolError: the port is in use.
    """

    def words(landed: Mapping[str, str]) -> str:
        if landed.get("state") != state:
            return "This answer belongs to another sign-in. Go back to keepwarm and connect again."
        if "error" in landed:
            return "Access was not allowed, and nothing was stored. You can close this page."
        return "Thank you. You can close this page and go back to keepwarm."

    try:
        loopback = Loopback(words, port=port)
    except OSError as error:
        raise ProtocolError(f"Port {port} of this machine is in use: choose another with --port.") from error
    with loopback:
        yield loopback


def _page(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            words = loopback.offer(self.path)
            shown = _PAGE.format(escape(words)).encode() if words else b""
            self.send_response(200 if words else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(shown)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(shown)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing: the address holds the code."""

    return Page
