"""Sign-in at an organization, from the button to the session, against an issuer on this machine."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from tests.sandbox.http import Request, Response, Server
from tests.worker.homes import ME, NOW, friendship, live
from tests.worker.web.console.test_oidc import GOOD, KEYS, token
from tests.worker.web.console.visitor import Visitor, text_of
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings


@dataclass
class Issuer:
    """An issuer that checks PKCE and client, and gives an ID token for each code."""

    address: str = ""
    asked: dict[str, str] = field(default_factory=dict)  # what the browser brought
    claims: dict[str, Any] = field(default_factory=dict)
    codes: set[str] = field(default_factory=lambda: {"a code"})

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        match path:
            case "/.well-known/openid-configuration":
                ends = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
                return 200, {"issuer": self.address, **{key: self.address + end for key, end in ends.items()}}
            case "/keys":
                return 200, KEYS
            case "/token":
                made = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
                ours = form["client_id"] == "keepwarm" and form["client_secret"] == "s"
                if made != self.asked["code_challenge"] or not ours or form["code"] not in self.codes:
                    return 400, {"error": "invalid_grant"}
                self.codes.discard(form["code"])
                claims = GOOD | {"iss": self.address, "nonce": self.asked["nonce"]} | self.claims
                return 200, {"id_token": token(claims)}
        return 404, {}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    found = Issuer()

    def answer(request: Request) -> Response:
        status, body = found.answer(request.path, request.form)
        return Response.json(body, status)

    with Server(answer) as server:
        found.address = f"http://127.0.0.1:{server.port}"
        yield found


@pytest.fixture
def runtime(issuer: Issuer, tmp_path: Path) -> Runtime:
    settings = Settings(
        home=tmp_path, oidc_issuer=issuer.address, oidc_client_id="keepwarm", oidc_client_secret=SecretStr("s"),
        _env_file=None,
    )  # type: ignore[call-arg]  # pydantic's own  # fmt: skip
    return open_runtime(settings, lambda: NOW)


def begun(visitor: Visitor, issuer: Issuer) -> str:
    """Press the button, and take what the browser is given to the issuer; gives the state."""
    page = visitor.post("/enter/oidc", next="/people").text
    address = urlsplit(unescape(re.search(r'href="(http://[^"]+/auth[^"]+)"', page)[1]))  # type: ignore[index]  # it is there
    issuer.asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert issuer.asked["redirect_uri"] == "http://127.0.0.1:8484/enter/oidc/back"
    return issuer.asked["state"]


def test_whoever_was_invited_signs_in_and_no_get_does_it(runtime: Runtime, issuer: Issuer) -> None:
    live(runtime, friendship())
    visitor = Visitor(runtime)
    state = begun(visitor, issuer)
    assert visitor.get(f"/enter/oidc/back?state={state}&code=a+code").status_code == 200
    assert visitor.get("/people").status_code == 303
    answer = visitor.post("/enter/oidc/finish", state=state, code="a code")
    assert (answer.status_code, answer.headers["location"]) == (303, "/people")
    assert "Anna Berg" in text_of(visitor.get("/people"))
    assert visitor.post("/enter/oidc/finish", state=state, code="a code").status_code == 403, "once"


def test_another_browser_cannot_finish_it(runtime: Runtime, issuer: Issuer) -> None:
    live(runtime, friendship())
    state = begun(Visitor(runtime), issuer)
    assert Visitor(runtime).post("/enter/oidc/finish", state=state, code="a code").status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"email": "stranger@home.example"}, {"email_verified": False}, {"nonce": "another"}, {"aud": "another"}],
)
def test_a_stranger_or_a_forged_answer_signs_nobody_in(
    runtime: Runtime, issuer: Issuer, claims: dict[str, Any]
) -> None:
    live(runtime, friendship(), me=ME)
    visitor = Visitor(runtime)
    state = begun(visitor, issuer)
    issuer.claims = claims
    assert visitor.post("/enter/oidc/finish", state=state, code="a code").status_code in {400, 403}
    assert visitor.get("/people").status_code == 303


def test_an_issuer_that_calls_itself_otherwise_is_none(runtime: Runtime, issuer: Issuer) -> None:
    issuer.address = "http://127.0.0.1:1"
    answer = Visitor(runtime).post("/enter/oidc")
    assert answer.status_code == 400
    assert "Check KEEPWARM_OIDC_ISSUER" in text_of(answer)
