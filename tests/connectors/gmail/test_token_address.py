"""A refresh token goes to the token endpoint of the settings, over https or within this machine, and nowhere else."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from connectors.errors import ConnectorError, ProtocolError
from connectors.gmail.auth import GoogleEndpoints, StoredCredentials, revoke
from connectors.gmail.connector import GmailConnector
from connectors.gmail.rate_limit import RateLimits, Units
from tests.connectors.gmail.accounts import Clock, endpoints, granted
from tests.sandbox.google.server import GoogleSandbox


@contextmanager
def server(location: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """A server that notes what is posted to it and sends everybody on to `location`, if it has one."""
    posted: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(307 if location else 400)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}/token", posted
    finally:
        running.shutdown()
        running.server_close()


def read(at: GoogleEndpoints, credentials: str) -> None:
    clock = Clock()
    limits = RateLimits.of(Units(), clock=clock, sleep=clock.sleep)
    with closing(GmailConnector(at, credentials, save=lambda _: None, limits=limits)) as account:
        list(account.streams())


@pytest.mark.parametrize(
    "address",
    [
        "http://oauth2.googleapis.com/token",
        "http://127.0.0.1.evil.example/token",
        "ftp://x/token",
        "//x/token",
        "token",
    ],
)
def test_an_address_in_the_clear_is_refused_before_anything_is_sent(google: GoogleSandbox, address: str) -> None:
    with pytest.raises(ProtocolError):
        read(replace(endpoints(google), token_uri=address), granted(google))


def test_what_is_stored_says_nothing_of_where_to_refresh(google: GoogleSandbox) -> None:
    with server() as (elsewhere, posted):
        stored = json.dumps(json.loads(granted(google)) | {"token_uri": elsewhere, "client_secret": "another"})
        known = StoredCredentials(endpoints(google), stored, save=lambda _: None).credentials
        assert (known.token_uri, known.client_secret) == (google.token_uri, google.client_secret)
        read(endpoints(google), stored)
        assert posted == []


def test_a_redirect_carries_no_secret_elsewhere(google: GoogleSandbox) -> None:
    with server() as (elsewhere, stolen), server(elsewhere) as (address, posted):
        at = replace(endpoints(google), token_uri=address)
        with pytest.raises(ConnectorError):
            read(at, granted(google))
        revoke(at, granted(google))
    assert posted
    assert stolen == []
