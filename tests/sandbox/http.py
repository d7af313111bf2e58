"""A small, quick HTTP/1.1 server for the sandboxes: keep-alive, one thread a connection, TLS when given a context."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import BinaryIO, Self
from urllib.parse import parse_qs, unquote

import msgspec


class HangUp(Exception):  # noqa: N818 - an instruction to the server, not an error of it
    """Close the connection instead of answering, as a broken network does."""


@dataclass(frozen=True)
class Request:
    """One request: `path` is decoded, `query` and `headers` (lower-case names) are mappings."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @cached_property
    def queries(self) -> dict[str, list[str]]:
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    def query(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return self.queries.get(name, [default])[-1]


@dataclass(frozen=True)
class Response:
    """One answer; bytes as they go out."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # announce the whole body, send half of it and hang up

    @classmethod
    def json(cls, value: object, status: int = 200, **headers: str) -> Self:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, msgspec.json.encode(value), {"Content-Type": "application/json; charset=utf-8", **named})


Answer = Callable[[Request], Response]


class Server:
    """Serves `answer` on 127.0.0.1 until stopped; use it as a context manager."""

    def __init__(self, answer: Answer, *, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.answer = answer
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port: int = self.listener.getsockname()[1]
        self.connections: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.stopping = False
        self.accepting = threading.Thread(target=self._accept, name=f"sandbox-{self.port}", daemon=True)

    def start(self) -> Self:
        self.accepting.start()
        return self

    def stop(self) -> None:
        self.stopping = True
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            open_ones = list(self.connections)
        for connection in open_ones:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.accepting.join(5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self.stopping:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = plain
        try:
            if self.tls:
                connection = self.tls.wrap_socket(plain, server_side=True)
            with self.lock:
                self.connections.add(connection)
            with connection.makefile("rb") as stream:
                while not self.stopping and (request := _read(stream)):
                    response = self.answer(request)
                    if response.cut:
                        connection.sendall(_head(response) + response.body[: len(response.body) // 2])
                        break
                    connection.sendall(_head(response) + response.body)
                    if request.headers.get("connection", "").lower() == "close":
                        break
        except (OSError, HangUp):
            pass  # the client went away, or a fault asked for this
        finally:
            with self.lock:
                self.connections.discard(connection)
            connection.close()
            plain.close()


def _read(stream: BinaryIO) -> Request | None:
    line = stream.readline(65_536).decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {}
    while (raw := stream.readline(65_536)) not in (b"\r\n", b"\n", b""):
        name, _, value = raw.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Request(line[0], line[1], headers, body)


def _head(response: Response) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines.append(f"Content-Length: {len(response.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
