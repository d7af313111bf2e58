import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msal
import pytest

from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox

SCOPES = ["User.Read", "Mail.ReadBasic", "Calendars.ReadBasic"]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[MicrosoftSandbox]:
    with MicrosoftSandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def web(sandbox: MicrosoftSandbox) -> Iterator[httpx.Client]:
    trusting = ssl.create_default_context(cafile=sandbox.certificates.ca_file)
    with httpx.Client(verify=trusting, base_url=sandbox.root) as client:
        yield client


@pytest.fixture
def app(sandbox: MicrosoftSandbox, monkeypatch: pytest.MonkeyPatch) -> msal.PublicClientApplication:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.certificates.ca_file))
    return msal.PublicClientApplication(PUBLIC_CLIENT, authority=sandbox.authority, instance_discovery=False)


def begin(app: msal.ClientApplication, redirect_uri: str = "http://localhost:5000/") -> dict[str, Any]:
    with warnings.catch_warnings():
        # msal recommends form_post; an address that can be pasted needs the query
        warnings.filterwarnings("ignore", message="response_mode=")
        flow: dict[str, Any] = app.initiate_auth_code_flow(SCOPES, redirect_uri=redirect_uri)
    return flow


def sign_in(app: msal.ClientApplication, web: httpx.Client) -> dict[str, Any]:
    flow = begin(app)
    back = web.get(flow["auth_uri"]).headers["location"]
    answer: dict[str, Any] = app.acquire_token_by_auth_code_flow(flow, dict(httpx.URL(back).params))
    return answer


@pytest.fixture
def graph(app: msal.PublicClientApplication, web: httpx.Client) -> httpx.Client:
    """A client that is signed in through msal's authorization code flow."""
    token = sign_in(app, web)
    web.headers["Authorization"] = f"Bearer {token['access_token']}"
    return web
