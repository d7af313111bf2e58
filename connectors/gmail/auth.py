"""Who asks and what was granted: the client as registered at Google, the scopes, and the credentials of an account."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import requests
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from connectors.errors import ConnectorError, ProtocolError
from connectors.gmail.errors import unreachable
from connectors.refusals import require_https

MAIL_SCOPE = "https://www.googleapis.com/auth/gmail.metadata"
EVENTS_SCOPE = "https://www.googleapis.com/auth/calendar.events.readonly"
CALENDARS_SCOPE = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
SEND_SCOPE = "https://www.googleapis.com/auth/gmail.send"
#: All that is ever asked for to read.
SCOPES = ("openid", "email", MAIL_SCOPE, EVENTS_SCOPE, CALENDARS_SCOPE)
#: What is asked for to send, apart and only where the person wants it: it reads nothing but whose account it is.
SENDING = ("openid", "email", SEND_SCOPE)


@dataclass(frozen=True, slots=True)
class GoogleEndpoints:
    """The client as registered at Google, and where Google is; settings fill it. "" as `api_root` is Google itself."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    auth_uri: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a password
    api_root: str = ""
    ca_bundle: str | None = None

    @property
    def gmail(self) -> str:
        """The base of the Gmail API's paths."""
        return f"{self.api_root or 'https://gmail.googleapis.com'}/"

    @property
    def calendar(self) -> str:
        """The base of the Calendar API's paths."""
        return f"{self.api_root or 'https://www.googleapis.com'}/calendar/v3/"

    @property
    def batch(self) -> str:
        """Where batches of Gmail calls go."""
        return f"{self.api_root or 'https://gmail.googleapis.com'}/batch"

    def require_https(self) -> None:
        """Refuse to send secrets in the clear.

        Raises:
            ProtocolError: an address is neither https nor on this machine.
        """
        require_https(self.auth_uri, "KEEPWARM_GOOGLE_AUTH_URI")
        require_https(self.token_uri, "KEEPWARM_GOOGLE_TOKEN_URI")
        if self.api_root:
            require_https(self.api_root, "KEEPWARM_GOOGLE_API_ROOT")

    @property
    def revoke_uri(self) -> str:
        """Where a grant is taken back: beside the token endpoint."""
        return f"{self.token_uri.rsplit('/', 1)[0]}/revoke"


class HeldCredentials(Protocol):
    """What reads an account: a person's own credentials, or those of an organization that act for them."""

    scopes: frozenset[str]
    credentials: Any
    token_uri: str

    def request(self, session: requests.Session) -> Any:
        """Return what asks for tokens."""
        ...

    def refusal(self, error: str, description: str) -> ConnectorError | None:
        """Say what a refusal of a token means, where it means more than it always does."""
        ...

    def save_if_refreshed(self) -> None:
        """Keep the credentials if they were refreshed since."""
        ...


class StoredCredentials:
    """An account's credentials out of JSON that the worker had sealed; `save` gets the new JSON after each refresh."""

    def __init__(self, endpoints: GoogleEndpoints, text: str, *, save: Callable[[str], None]) -> None:
        """Read `text` as `written` made it.

        Raises:
            ProtocolError: it is something else, or Google's addresses are not https.
        """
        endpoints.require_https()
        self.token_uri = endpoints.token_uri
        try:
            stored = json.loads(text)
            expiry = stored.get("expiry")
            self.scopes = frozenset(str(scope) for scope in stored["scopes"])
            self.credentials = Credentials(
                stored.get("token"),
                refresh_token=stored["refresh_token"],
                token_uri=endpoints.token_uri,
                client_id=endpoints.client_id,
                client_secret=endpoints.client_secret,
                scopes=None,  # a refresh asks for what was granted, whatever that was
                expiry=datetime.fromisoformat(expiry) if expiry else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProtocolError("google.sign_in_unreadable") from error
        self._save = save
        self._token = self.credentials.token

    def request(self, session: requests.Session) -> Any:
        """Return what asks for tokens."""
        return Request(session)

    def refusal(self, error: str, description: str) -> ConnectorError | None:
        """Add nothing to what a refusal always means."""
        del error, description
        return None

    def save_if_refreshed(self) -> None:
        """Hand the credentials to `save` if they were refreshed since."""
        if self.credentials.token and self.credentials.token != self._token:
            self._token = self.credentials.token
            self._save(serialized(self.credentials, self.scopes))


def serialized(credentials: Any, scopes: frozenset[str]) -> str:
    """Write credentials as StoredCredentials reads them: without the client's secret, which is a setting."""
    expiry = credentials.expiry.isoformat() if credentials.expiry else None  # naive UTC, as google-auth has it
    stored = {"token": credentials.token, "refresh_token": credentials.refresh_token, "expiry": expiry}
    return json.dumps(stored | {"scopes": sorted(scopes)})


def revoke(endpoints: GoogleEndpoints, text: str) -> bool:
    """Take the grant back at Google; False if it had already ended.

    Raises:
        ConnectorError: the credentials are unreadable, or Google cannot be reached.
    """
    token = StoredCredentials(endpoints, text, save=lambda _: None).credentials.refresh_token
    try:
        answer = requests.post(
            endpoints.revoke_uri,
            data={"token": token},
            timeout=30,
            verify=endpoints.ca_bundle or True,
            allow_redirects=False,
        )
    except requests.RequestException as failure:
        raise unreachable(failure, endpoints.revoke_uri.split("/")[2]) from failure
    return answer.ok
