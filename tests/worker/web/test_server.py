"""The web server under those who want it to starve: slow senders, slow readers, crowds, and errors in a route."""

import resource
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from prometheus_client import CollectorRegistry, Gauge
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from worker.web.connection import Limits
from worker.web.server import listening, served

QUICK = Limits(request_seconds=0.5, response_seconds=1.0, connections=40)


def status(port: int, path: str = "/healthz", timeout: float = 10) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=timeout) as page:
            return int(page.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@contextmanager
def crowd(port: int, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections that send their first bytes, then a byte every while, and never come to an end."""
    over = threading.Event()
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(count)]

        def drip() -> None:
            while not over.wait(0.3):
                for line in lines:
                    try:
                        line.sendall(b"G")
                    except OSError:
                        continue

        for line in lines:
            if first:
                line.sendall(first)
        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            yield lines
        finally:
            over.set()
            dripping.join()


FIRST = [
    b"",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n",
]


@pytest.mark.parametrize("first", FIRST)
def test_five_hundred_slow_connections_starve_nobody(first: bytes) -> None:
    wanted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, max(wanted, 4096)), most))
    registry = CollectorRegistry()
    Gauge("a_gauge", "Something.", registry=registry).set(7)
    with served("127.0.0.1:0", registry, lambda: "") as port, crowd(port, 500, first):
        for _ in range(6):
            begun = time.monotonic()
            assert status(port) == 200
            assert status(port, "/metrics") == 200
            assert time.monotonic() - begun < 4
            time.sleep(1.2)


def nothing(_request: Request) -> Response:
    return PlainTextResponse("here\n")


@pytest.mark.parametrize("first", FIRST)
def test_who_does_not_come_to_an_end_is_hung_up_on(first: bytes) -> None:
    with listening("127.0.0.1:0", [Route("/healthz", nothing)], "X", QUICK) as port, crowd(port, 3, first) as lines:
        for line in lines:
            line.settimeout(10)
            begun = time.monotonic()
            try:
                while line.recv(65536):
                    pass
            except ConnectionError:
                pass
            assert time.monotonic() - begun < 5


def test_who_never_reads_the_answer_is_hung_up_on() -> None:
    def huge(_request: Request) -> Response:
        return Response(b"x" * 50_000_000)

    with (
        listening("127.0.0.1:0", [Route("/huge", huge), Route("/healthz", nothing)], "X", QUICK) as port,
        socket.create_connection(("127.0.0.1", port)) as line,
    ):
        line.sendall(b"GET /huge HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(2.5)
        line.settimeout(5)
        taken = 0
        try:
            while part := line.recv(1 << 20):
                taken += len(part)
        except ConnectionError:
            pass
        assert taken < 50_000_000
        assert status(port) == 200


def test_a_connection_may_ask_again_and_again() -> None:
    with (
        listening("127.0.0.1:0", [Route("/healthz", nothing)], "X", QUICK) as port,
        socket.create_connection(("127.0.0.1", port), timeout=5) as line,
    ):
        for _ in range(6):  # for longer than one request may take
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"here\n"):
                answer += line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK")
            time.sleep(0.2)


def test_health_does_not_wait_for_metrics() -> None:
    class Slow(CollectorRegistry):
        def collect(self) -> Iterator[object]:  # type: ignore[override]  # of any metrics: none are read
            time.sleep(4)
            return iter(())

    with served("127.0.0.1:0", Slow(), lambda: "") as port:
        answers: list[int] = []
        asking = [threading.Thread(target=lambda: answers.append(status(port, "/metrics", 60))) for _ in range(40)]
        for one in asking:
            one.start()
        time.sleep(0.5)
        begun = time.monotonic()
        assert status(port) == 200
        assert time.monotonic() - begun < 2
        for one in asking:
            one.join()
        assert set(answers) <= {200, 503}
        assert answers.count(503) >= 20  # whoever finds too many waiting is told so at once


def test_a_health_that_hangs_is_no_health() -> None:
    def hanging() -> str:
        time.sleep(20)
        return ""

    with served("127.0.0.1:0", CollectorRegistry(), hanging) as port:
        assert status(port, timeout=15) == 503


def test_an_error_in_a_route_is_an_answer_without_its_text() -> None:
    def broken(_request: Request) -> Response:
        raise RuntimeError("a secret of somebody")

    with listening("127.0.0.1:0", [Route("/broken", broken), Route("/healthz", nothing)], "X") as port:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/broken", timeout=10)
        assert (refused.value.code, refused.value.read()) == (500, b"Internal Server Error")
        refused.value.close()
        assert status(port) == 200


@pytest.mark.parametrize(
    "line",
    [
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"\x00\xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(line: bytes) -> None:
    with listening("127.0.0.1:0", [Route("/healthz", nothing)], "X") as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as there:
            there.sendall(line)
            assert there.recv(65536).split(b" ")[1] in {b"400", b"404"}
        assert status(port) == 200
