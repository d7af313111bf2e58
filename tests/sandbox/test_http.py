import ssl
from pathlib import Path

import httpx
import pytest

from tests.sandbox.http import HangUp, Request, Response, Server
from tests.sandbox.microsoft.tls import Certificates


def echo(request: Request) -> Response:
    if request.path == "/hang":
        raise HangUp
    return Response.json({"path": request.path, "q": request.query("q"), "body": request.body.decode()})


def test_answers_over_one_kept_connection() -> None:
    with Server(echo) as server, httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        for turn in range(3):
            answer = client.post("/a%20b", params={"q": str(turn)}, content=b"hello")
            assert answer.json() == {"path": "/a b", "q": str(turn), "body": "hello"}
        assert len(server.connections) == 1


def test_hanging_up_is_a_broken_connection() -> None:
    with (
        Server(echo) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.get("/hang")


def test_tls_is_trusted_through_its_own_authority_only(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    trusting = ssl.create_default_context(cafile=certificates.ca_file)
    with Server(echo, tls=certificates.server_context) as server:
        root = f"https://localhost:{server.port}"
        with httpx.Client(verify=trusting) as client:
            assert client.get(f"{root}/x").json()["path"] == "/x"
        with httpx.Client() as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            client.get(f"{root}/x")
