"""Connecting a Google account once: consent in a browser, and whose account it is; a second one allows sending."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

from google.auth import jwt
from google.auth.exceptions import MalformedError

from connectors.errors import ConnectorError, ProtocolError, ScopeMissing
from connectors.gmail.auth import (
    CALENDARS_SCOPE,
    EVENTS_SCOPE,
    MAIL_SCOPE,
    SCOPES,
    SEND_SCOPE,
    SENDING,
    GoogleEndpoints,
    StoredCredentials,
    written,
)
from connectors.gmail.calls import Calls
from connectors.gmail.client import GmailClient
from connectors.gmail.oauth import asked
from connectors.gmail.pacing import Pace, Units
from connectors.gmail.transport import Transport

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
    given, credentials = asked(endpoints, SCOPES, open_browser, port, paste, login_hint, patience)
    return _known(endpoints, given, written(credentials, given))


def allow_sending(
    endpoints: GoogleEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    patience: float = PATIENCE,
) -> Grant:
    """Ask the person to allow sending mail: a consent of its own, with credentials that read nothing.

    The arguments and errors are those of `connect`.
    """
    given, credentials = asked(endpoints, SENDING, open_browser, port, paste, login_hint, patience)
    if SEND_SCOPE not in given:
        raise ScopeMissing("Sending mail was not allowed: nothing was stored; reading goes on.", scope=SEND_SCOPE)
    try:  # from Google itself over TLS, so its signature tells nothing more (OpenID Connect Core 3.1.3.7)
        address = str(jwt.decode(credentials.id_token, verify=False)["email"])
    except (ValueError, KeyError, TypeError, MalformedError) as error:
        raise ProtocolError("Google does not say whose account this is.") from error
    return Grant(address, tuple(sorted(given)), written(credentials, given))


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
