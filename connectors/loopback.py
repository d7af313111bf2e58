"""The end of a sign-in in the browser: a local server that waits for the one answer that belongs to it.

Both Google (developers.google.com/identity/protocols/oauth2/native-app) and Microsoft (learn.microsoft.com, "Redirect
URI") allow a redirect to this machine on any free port. Whatever else reaches that port, from another page or another
user of the machine, is answered and ignored: only the unguessable `state` makes an answer ours (RFC 6749, 10.12).
"""

import queue
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlsplit

from connectors.errors import ProtocolError

#: How long the person may take, in seconds.
MAX_WAIT = 900.0
_PAGE = '<!doctype html><meta charset="utf-8"><title>keepwarm</title><p style="font:1.2em sans-serif;margin:3em">{}</p>'
_FOREIGN = "This answer belongs to another sign-in. Go back to keepwarm and connect again."
_DENIED = "Access was not allowed, and nothing was saved. You can close this page."
_DONE = "Thank you. You can close this page and go back to keepwarm."


class Landing(Protocol):
    """Where a sign-in ends instead of at a server of its own: a page of ours that is served already."""

    def address(self, host: str) -> str:
        """Where the browser is to be sent, as the provider wants this machine called."""

    def expect(self, state: str) -> object:
        """Take answers that bear this state from now on."""

    def wait(self, seconds: float) -> Mapping[str, str] | None:
        """Wait for the answer, None if it does not come."""


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """How the person signs in: `open_browser` gets the address to open or to print.

    `paste` may block for the address that a browser on another machine landed on. `login_hint` names the account the
    provider should preselect. `port` 0 is any that is free; `max_wait` is in seconds. With a `landing` no port is
    opened.
    """

    open_browser: Callable[[str], object]
    port: int = 0
    paste: Callable[[], str] | None = None
    login_hint: str | None = None
    max_wait: float = MAX_WAIT
    landing: Landing | None = None

    def ask(self, host: str, state: str, consent_page: Callable[[str], str]) -> Mapping[str, str] | None:
        """Send the person to the provider's consent page and wait for the answer that bears `state`.

        Args:
            host: what the provider wants this machine called in the redirect address.
            state: what the provider has to hand back (see `new_state`).
            consent_page: makes the address of the consent page from the redirect address.

        Returns:
            The parameters of the answer, None if no one answered in time.

        Raises:
            ProtocolError: the port is in use, or the pasted address belongs to another sign-in.
        """
        if self.landing is not None:
            self.landing.expect(state)
            self.open_browser(consent_page(self.landing.address(host)))
            return self.landing.wait(self.max_wait)
        with _listening(state, self.port) as loopback:
            address = consent_page(loopback.address(host))
            if self.paste is not None:
                threading.Thread(target=loopback.deliver_pasted, args=(self.paste,), daemon=True).start()
            self.open_browser(address)
            answer = loopback.wait(self.max_wait)
        if answer is not None and answer.get("state") != state:
            raise ProtocolError("network.other_sign_in")
        return answer


def new_state() -> str:
    """Make a `state` that no one can guess (RFC 6749, 10.10)."""
    return secrets.token_urlsafe(24)


class Loopback:
    """A server on 127.0.0.1 that accepts the one answer bearing `state`."""

    def __init__(self, state: str, *, port: int = 0) -> None:
        """Listen on `port`, 0 for any that is free.

        Raises:
            OSError: the port is in use.
        """
        self.state = state
        self._answers: queue.Queue[dict[str, str]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def address(self, host: str) -> str:
        """Where the browser is to be sent, as the provider wants this machine called."""
        return f"http://{host}:{self._server.server_port}/"

    def deliver(self, address: str) -> str | None:
        """Take the address a browser landed on.

        Returns:
            The sentence to show in the browser, None where the address holds no answer at all.
        """
        answer = _parameters(address)
        if answer is None:
            return None
        if not secrets.compare_digest(answer.get("state", "").encode(), self.state.encode()):
            return _FOREIGN
        self._answers.put(answer)
        return _DENIED if "error" in answer else _DONE

    def deliver_pasted(self, paste: Callable[[], str]) -> None:
        """Take the address that the person pastes; a wrong one is not passed over, for they are waiting."""
        answer = _parameters(paste())
        if answer is not None:
            self._answers.put(answer)

    def wait(self, seconds: float) -> Mapping[str, str] | None:
        """Wait for the answer, None if it does not come."""
        with suppress(queue.Empty):
            return self._answers.get(timeout=seconds)
        return None

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()


def _listening(state: str, port: int) -> Loopback:
    try:
        return Loopback(state, port=port)
    except OSError as error:
        raise ProtocolError("network.port_in_use", port=port) from error


def _parameters(address: str) -> dict[str, str] | None:
    try:
        found = dict(parse_qsl(urlsplit(address.strip()).query, max_num_fields=50))
    except ValueError:
        return None
    return found if found.keys() & {"code", "error"} else None


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30  # seconds for a request to arrive

        def do_GET(self) -> None:
            sentence = loopback.deliver(self.path)
            page = _PAGE.format(escape(sentence)).encode() if sentence else b""
            self.send_response(200 if sentence else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Log nothing: the address holds the code."""

    return Handler
