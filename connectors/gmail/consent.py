"""Connecting a Google account once: consent in a browser, and whose account it is; a second one allows sending."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

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

#: How long the person may take, in seconds.
MAX_WAIT = 900.0
#: By how much this machine's clock may differ from Google's.
MAX_CLOCK_SKEW = timedelta(minutes=10)


def connect(
    endpoints: GoogleEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    max_wait: float = MAX_WAIT,
) -> Grant:
    """Ask the person for consent, wait for it, and find out whose account it is.

    `open_browser` gets the address to open (or to print). `paste` may block for the address a browser on another
    machine landed on; whichever comes first, it or the redirect to http://127.0.0.1:`port`/, is taken.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    given, credentials = authorize(endpoints, SCOPES, open_browser, port, paste, login_hint, max_wait)
    return _identify(endpoints, given, serialized(credentials, given))


def allow_sending(
    endpoints: GoogleEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    max_wait: float = MAX_WAIT,
) -> Grant:
    """Ask the person to allow sending mail: a consent of its own, with credentials that read nothing.

    The arguments and errors are those of `connect`.
    """
    given, credentials = authorize(endpoints, SENDING, open_browser, port, paste, login_hint, max_wait)
    if SEND_SCOPE not in given:
        raise ScopeMissing("Sending mail was not allowed: nothing was stored; reading goes on.", scope=SEND_SCOPE)
    try:  # from Google itself over TLS, so its signature tells nothing more (OpenID Connect Core 3.1.3.7)
        address = str(jwt.decode(credentials.id_token, verify=False)["email"])
    except (ValueError, KeyError, TypeError, MalformedError) as error:
        raise ProtocolError("Google does not say whose account this is.") from error
    return Grant(address, tuple(sorted(given)), serialized(credentials, given))


def _identify(endpoints: GoogleEndpoints, scopes: frozenset[str], credentials: str) -> Grant:
    """Ask whose account it is, which also shows whether mail can be read at all."""
    if MAIL_SCOPE not in scopes:
        raise ScopeMissing(
            "Reading the headers of mail was not allowed: nothing was stored; connect again and tick that box.",
            scope=MAIL_SCOPE,
        )
    kept = [credentials]
    stored = StoredCredentials(endpoints, credentials, save=kept.append)
    with closing(Transport(stored, ca_bundle=endpoints.ca_bundle)) as transport:
        limits = RateLimits.of(Units())
        client = GmailClient(Calls(transport, limits.mail, scope=MAIL_SCOPE), endpoints, limits.units, listing=1)
        address = client.address()
        if abs(transport.clock_skew) > MAX_CLOCK_SKEW:
            minutes = round(abs(transport.clock_skew) / timedelta(minutes=1))
            way = "ahead of" if transport.clock_skew > timedelta(0) else "behind"
            raise ConnectorError(
                f"This machine's clock is {minutes} minutes {way} Google's: set it right and connect again."
            )
    notes = []
    if EVENTS_SCOPE not in scopes:
        notes.append("Calendars were not allowed: only mail is read. Connect again to add them.")
    elif CALENDARS_SCOPE not in scopes:
        notes.append("The list of calendars was not allowed: only the main calendar is read.")
    return Grant(address, tuple(sorted(scopes)), kept[-1], notes=tuple(notes))
