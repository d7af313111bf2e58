"""One consent in a browser: a loopback redirect (or the address pasted), PKCE, and the code exchanged for tokens."""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from requests.exceptions import RequestException

from connectors.errors import NeedsReauthorisation, ProtocolError
from connectors.gmail.auth import GoogleEndpoints
from connectors.gmail.errors import sign_in_error, unreachable
from connectors.loopback import listening

# They write codes, verifiers and tokens into their debug log.
for _talkative in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)


def authorize(
    endpoints: GoogleEndpoints,
    wanted: Sequence[str],
    open_browser: Callable[[str], object],
    port: int,
    paste: Callable[[], str] | None,
    login_hint: str | None,
    max_wait: float,
) -> tuple[frozenset[str], Any]:
    """Ask for `wanted` scopes and wait for so many seconds; give those that were granted, and the credentials.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    if not endpoints.client_id:
        raise ProtocolError(
            "KEEPWARM_GOOGLE_CLIENT_ID is not set: make a client of the type Desktop app in a project of your own"
            ' (see "Your own Google project" in the README).'
        )
    state = secrets.token_urlsafe(24)
    with listening(state, port) as loopback:
        flow = _flow(endpoints, wanted, loopback.address("127.0.0.1"))
        hint = {"login_hint": login_hint} if login_hint else {}
        with _plain_loopback_allowed(endpoints.auth_uri):
            # without prompt=consent a second connection would get no refresh token
            url, _ = flow.authorization_url(state=state, access_type="offline", prompt="consent", **hint)
        if paste:
            threading.Thread(target=lambda: loopback.offer(paste()), daemon=True).start()
        open_browser(url)
        landed = loopback.wait(max_wait)
    if landed is None:
        raise NeedsReauthorisation("Nobody gave an answer in the browser in time: nothing was stored; connect again.")
    if landed.get("state") != state:
        raise ProtocolError("The browser's answer belongs to another sign-in: nothing was stored; connect again.")
    if "error" in landed:
        raise sign_in_error(landed["error"], landed.get("error_description", ""))
    return _exchanged(flow, endpoints, landed["code"], wanted)


def _flow(endpoints: GoogleEndpoints, wanted: Sequence[str], redirect_uri: str) -> Any:
    client = {
        "client_id": endpoints.client_id,
        "client_secret": endpoints.client_secret,
        "auth_uri": endpoints.auth_uri,
        "token_uri": endpoints.token_uri,
    }
    return Flow.from_client_config({"installed": client}, list(wanted), redirect_uri=redirect_uri)


def _exchanged(flow: Any, endpoints: GoogleEndpoints, code: str, wanted: Sequence[str]) -> tuple[frozenset[str], Any]:
    """Exchange the code; give the scopes that were granted, and the credentials."""
    try:
        with _plain_loopback_allowed(endpoints.token_uri), flow.oauth2session as session:
            try:
                flow.fetch_token(code=code, timeout=30, verify=endpoints.ca_bundle)
            except Warning as fewer:
                # oauthlib's way to say that not every scope was granted
                session.token = getattr(fewer, "token", {})
            token = dict(session.token)
    except OAuth2Error as refusal:
        raise sign_in_error(str(refusal.error), str(refusal.description or "")) from refusal
    except RequestException as failure:
        raise unreachable(failure, urlsplit(endpoints.token_uri).netloc) from failure
    granted = token.get("scope") or list(wanted)
    scopes = frozenset(granted.split() if isinstance(granted, str) else granted)
    if not token.get("refresh_token"):
        raise ProtocolError(
            "Google gave no lasting permission: remove keepwarm at https://myaccount.google.com/connections and connect"
            " again."
        )
    return scopes, flow.credentials


@contextmanager
def _plain_loopback_allowed(uri: str) -> Iterator[None]:
    """Let oauthlib talk plain HTTP to this machine alone (the sandbox); it can only be told so by the environment."""
    parts = urlsplit(uri)
    if parts.scheme == "https":
        yield
        return
    if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ProtocolError(f"{uri} is not an https address: check KEEPWARM_GOOGLE_AUTH_URI and _TOKEN_URI.")
    before = os.environ.get("OAUTHLIB_INSECURE_TRANSPORT")
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OAUTHLIB_INSECURE_TRANSPORT"]
        else:
            os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = before
