"""One consent in a browser: a loopback redirect (or the address pasted), PKCE, and the code exchanged for tokens."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from requests.exceptions import RequestException

from connectors.errors import NeedsReauthorisation, ProtocolError, ProviderUnavailable
from connectors.gmail.auth import GoogleEndpoints
from connectors.gmail.errors import sign_in_error, unreachable
from connectors.loopback import BrowserSignIn, new_state

# They write codes, verifiers and tokens into their debug log.
for _talkative in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)


def authorize(endpoints: GoogleEndpoints, wanted: Sequence[str], sign_in: BrowserSignIn) -> tuple[frozenset[str], Any]:
    """Ask the person for the `wanted` scopes.

    Returns:
        The scopes that were granted, which may be fewer, and the google-auth credentials.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    if not endpoints.client_id:
        raise ProtocolError("google.no_client")
    endpoints.require_https()
    state = new_state()
    flows: list[Any] = []

    def consent_page(redirect_uri: str) -> str:
        flows.append(_flow(endpoints, wanted, redirect_uri))
        preselected = {"login_hint": sign_in.login_hint} if sign_in.login_hint else {}
        with _plain_loopback_allowed(endpoints.auth_uri):
            # without prompt=consent a second connection would get no refresh token
            url, _ = flows[0].authorization_url(state=state, access_type="offline", prompt="consent", **preselected)
        return str(url)

    answer = sign_in.ask("127.0.0.1", state, consent_page)
    if answer is None:
        raise NeedsReauthorisation("google.not_answered")
    if "error" in answer:
        raise sign_in_error(answer["error"], answer.get("error_description", ""), answer.get("error_subtype", ""))
    return _exchange(flows[0], endpoints, answer["code"], wanted)


def _flow(endpoints: GoogleEndpoints, wanted: Sequence[str], redirect_uri: str) -> Any:
    client = {
        "client_id": endpoints.client_id,
        "client_secret": endpoints.client_secret,
        "auth_uri": endpoints.auth_uri,
        "token_uri": endpoints.token_uri,
    }
    return Flow.from_client_config({"installed": client}, list(wanted), redirect_uri=redirect_uri)


def _exchange(flow: Any, endpoints: GoogleEndpoints, code: str, wanted: Sequence[str]) -> tuple[frozenset[str], Any]:
    """Exchange the code for the scopes that were granted and the credentials."""
    try:
        with _plain_loopback_allowed(endpoints.token_uri), flow.oauth2session as session:
            session.max_redirects = 0  # the code and the client's secret go nowhere else
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
    except (ValueError, KeyError, TypeError, AttributeError) as garbled:
        raise ProviderUnavailable("google.sign_in_garbled") from garbled
    granted = token.get("scope") or list(wanted)
    scopes = frozenset(granted.split() if isinstance(granted, str) else granted)
    if not token.get("refresh_token"):
        raise ProtocolError("google.no_lasting_sign_in")
    return scopes, flow.credentials


@contextmanager
def _plain_loopback_allowed(uri: str) -> Iterator[None]:
    """Let oauthlib talk plain HTTP to this machine alone (the sandbox); only an environment variable can set that."""
    if urlsplit(uri).scheme == "https":
        yield
        return
    before = os.environ.get("OAUTHLIB_INSECURE_TRANSPORT")
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OAUTHLIB_INSECURE_TRANSPORT"]
        else:
            os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = before
