"""Connecting a Google account once: consent in a browser, and whose account it is; a second consent allows sending."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any

from google.auth import jwt
from google.auth.exceptions import MalformedError

from connectors.base import Grant
from connectors.errors import ConnectorError, ProtocolError, ScopeMissing
from connectors.gmail.api.calls import Calls
from connectors.gmail.api.client import GmailClient
from connectors.gmail.api.transport import Transport
from connectors.gmail.auth import (
    CALENDARS_SCOPE,
    EVENTS_SCOPE,
    MAIL_SCOPE,
    SCOPES,
    SEND_SCOPE,
    SENDING,
    GoogleEndpoints,
    StoredCredentials,
    serialized,
)
from connectors.gmail.oauth import authorize
from connectors.gmail.rate_limit import RateLimits, Units
from connectors.loopback import MAX_WAIT, BrowserSignIn, Landing

#: By how much this machine's clock may differ from Google's.
MAX_CLOCK_SKEW = timedelta(minutes=10)
#: An account is known again by its id only where that is long enough to be one.
SHORTEST_SUBJECT = 10


def connect(
    endpoints: GoogleEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    max_wait: float = MAX_WAIT,
    landing: Landing | None = None,
) -> Grant:
    """Ask the person for consent to read, wait for it, and find out whose account it is.

    Args:
        endpoints: the client, and where Google is.
        open_browser: gets the address to open (or to print).
        port: of this machine, where the browser is sent back to; 0 for any that is free.
        paste: may block for the address a browser on another machine landed on; whichever comes first is taken.
        login_hint: the account to preselect.
        max_wait: how long the person may take, in seconds.
        landing: a page that is served already, where the sign-in ends instead of at a port of its own.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    sign_in = BrowserSignIn(open_browser, port, paste, login_hint, max_wait, landing)
    granted, credentials = authorize(endpoints, SCOPES, sign_in)
    return _identify(endpoints, granted, credentials)


def allow_sending(
    endpoints: GoogleEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    max_wait: float = MAX_WAIT,
    landing: Landing | None = None,
) -> Grant:
    """Ask the person to allow sending email: a consent of its own, with credentials that read nothing.

    The arguments and errors are those of `connect`.
    """
    sign_in = BrowserSignIn(open_browser, port, paste, login_hint, max_wait, landing)
    granted, credentials = authorize(endpoints, SENDING, sign_in)
    if SEND_SCOPE not in granted:
        raise ScopeMissing("google.sending_not_allowed", scope=SEND_SCOPE)
    claims = _claims(credentials)
    if not claims.get("email"):
        raise ProtocolError("google.unreadable_answer")
    return Grant(
        str(claims["email"]),
        tuple(sorted(granted)),
        serialized(credentials, granted),
        subject=_subject(claims),
    )


def _identify(endpoints: GoogleEndpoints, scopes: frozenset[str], credentials: Any) -> Grant:
    """Ask whose account it is, which also shows whether mail can be read at all."""
    if MAIL_SCOPE not in scopes:
        raise ScopeMissing(
            "google.email_not_allowed",
            scope=MAIL_SCOPE,
        )
    secret = serialized(credentials, scopes)
    latest = [secret]
    stored = StoredCredentials(endpoints, secret, save=latest.append)
    with closing(Transport(stored, ca_bundle=endpoints.ca_bundle)) as transport:
        limits = RateLimits.of(Units())
        client = GmailClient(Calls(transport, limits.mail, scope=MAIL_SCOPE), endpoints, limits.units, listing=1)
        address = client.address()
        _check_clock(transport.clock_skew)
    notes = []
    if EVENTS_SCOPE not in scopes:
        notes.append("Calendars weren't allowed, so only email is read. Connect again to add them.")
    elif CALENDARS_SCOPE not in scopes:
        notes.append("The list of calendars wasn't allowed, so only the main calendar is read.")
    subject = _subject(_claims(credentials))
    return Grant(address, tuple(sorted(scopes)), latest[-1], subject=subject, notes=tuple(notes))


def _check_clock(skew: timedelta) -> None:
    if abs(skew) > MAX_CLOCK_SKEW:
        minutes = round(abs(skew) / timedelta(minutes=1))
        way = "ahead of" if skew > timedelta(0) else "behind"
        raise ConnectorError("google.clock_wrong", minutes=minutes, way=way)


def _claims(credentials: Any) -> Mapping[str, Any]:
    """Read the ID token: it came from Google itself over TLS, so its signature adds nothing (OIDC Core 3.1.3.7)."""
    try:
        claims = jwt.decode(credentials.id_token, verify=False)
    except (ValueError, KeyError, TypeError, MalformedError):
        return {}
    return claims if isinstance(claims, Mapping) else {}


def _subject(claims: Mapping[str, Any]) -> str:
    """Return Google's lasting id of the account, some 21 digits (OpenID Connect, `sub`); "" where it is not such."""
    subject = str(claims.get("sub", ""))
    return subject if len(subject) >= SHORTEST_SUBJECT else ""
