"""Connecting a Google account once: consent in a browser, a loopback redirect (or the address pasted), tokens."""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from requests.exceptions import RequestException

from connectors.errors import ConnectorError, NeedsReauthorisation, ProtocolError, ScopeMissing
from connectors.gmail.auth import (
    CALENDARS_SCOPE,
    EVENTS_SCOPE,
    MAIL_SCOPE,
    SCOPES,
    GoogleEndpoints,
    StoredCredentials,
    written,
)
from connectors.gmail.calls import Calls
from connectors.gmail.client import GmailClient
from connectors.gmail.errors import sign_in_error, unreachable
from connectors.gmail.pacing import Pace, Units
from connectors.gmail.transport import Transport
from connectors.loopback import listening

# They write codes, verifiers and tokens into their debug log.
for _talkative in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)

#: How long the person may take, in seconds.
PATIENCE = 900.0
#: By how much this machine's clock may differ from Google's.
SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Grant:
    """What connecting gave: `credentials` is a secret, to be sealed and handed to GmailConnector.

    `notes` are for the person: what was not allowed and what that means.
    """

    address: str
    scopes: tuple[str, ...]
    credentials: str = field(repr=False)
    notes: tuple[str, ...] = ()


def connect(
    endpoints: GoogleEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    patience: float = PATIENCE,
) -> Grant:
    """Ask the person for consent, wait for it, and find out whose account it is.

    `open_browser` gets the address to open (or to print). `paste` may block for the address a browser on another
    machine landed on; whichever comes first, it or the redirect to http://127.0.0.1:`port`/, is taken.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    if not endpoints.client_id:
        raise ProtocolError(
            "KEEPWARM_GOOGLE_CLIENT_ID is not set: make a client of the type Desktop app in a Google project of your own"
            ' (see "Your own Google project" in the README).'
        )
    state = secrets.token_urlsafe(24)
    with listening(state, port) as loopback:
        flow = _flow(endpoints, loopback.address("127.0.0.1"))
        hint = {"login_hint": login_hint} if login_hint else {}
        with _plain_loopback_allowed(endpoints.auth_uri):
            # without prompt=consent a second connection would get no refresh token
            url, _ = flow.authorization_url(state=state, access_type="offline", prompt="consent", **hint)
        if paste:
            threading.Thread(target=lambda: loopback.offer(paste()), daemon=True).start()
        open_browser(url)
        landed = loopback.wait(patience)
    if landed is None:
        raise NeedsReauthorisation("Nobody gave an answer in the browser in time: nothing was stored; connect again.")
    if landed.get("state") != state:
        raise ProtocolError("The browser's answer belongs to another sign-in: nothing was stored; connect again.")
    if "error" in landed:
        raise sign_in_error(landed["error"], landed.get("error_description", ""))
    scopes, credentials = _exchanged(flow, endpoints, landed["code"])
    return _known(endpoints, scopes, credentials)


def _flow(endpoints: GoogleEndpoints, redirect_uri: str) -> Any:
    client = {
        "client_id": endpoints.client_id,
        "client_secret": endpoints.client_secret,
        "auth_uri": endpoints.auth_uri,
        "token_uri": endpoints.token_uri,
    }
    return Flow.from_client_config({"installed": client}, list(SCOPES), redirect_uri=redirect_uri)


def _exchanged(flow: Any, endpoints: GoogleEndpoints, code: str) -> tuple[frozenset[str], str]:
    """Exchange the code; give the scopes that were granted, and the credentials as they are stored."""
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
    granted = token.get("scope") or list(SCOPES)
    scopes = frozenset(granted.split() if isinstance(granted, str) else granted)
    if not token.get("refresh_token"):
        raise ProtocolError(
            "Google gave no lasting permission: remove keepwarm at https://myaccount.google.com/connections and connect"
            " again."
        )
    return scopes, written(flow.credentials, scopes)


def _known(endpoints: GoogleEndpoints, scopes: frozenset[str], credentials: str) -> Grant:
    """Ask whose account it is, which also shows whether mail can be read at all."""
    if MAIL_SCOPE not in scopes:
        raise ScopeMissing(
            "Reading the headers of mail was not allowed: nothing was stored; connect again and tick that box.",
            scope=MAIL_SCOPE,
        )
    kept = [credentials]
    stored = StoredCredentials(endpoints, credentials, save=kept.append)
    with closing(Transport(stored, ca_bundle=endpoints.ca_bundle)) as transport:
        pace = Pace.of(Units())
        client = GmailClient(Calls(transport, pace.mail, scope=MAIL_SCOPE), endpoints, pace.units, listing=1)
        address = client.address()
        if abs(transport.skew) > SKEW:
            minutes = round(abs(transport.skew) / timedelta(minutes=1))
            way = "ahead of" if transport.skew > timedelta(0) else "behind"
            raise ConnectorError(
                f"This machine's clock is {minutes} minutes {way} Google's: set it right and connect again."
            )
    notes = []
    if EVENTS_SCOPE not in scopes:
        notes.append("Calendars were not allowed: only mail is read. Connect again to add them.")
    elif CALENDARS_SCOPE not in scopes:
        notes.append("The list of calendars was not allowed: only the main calendar is read.")
    return Grant(address, tuple(sorted(scopes)), kept[-1], tuple(notes))


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
