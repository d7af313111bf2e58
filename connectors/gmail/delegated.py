"""Reading the mailboxes of a Workspace by domain-wide delegation: a service account that acts for one person at a time.

With its key file, or without any: then Google's IAM signs for it (signJwt), and nothing that opens mailboxes is stored.
Delegation limits what may be read, never whose: the allow-list of the organization is the only limit (developers.
google.com, "Using OAuth 2.0 for server to server applications").
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from connectors.errors import AccessDenied, ConnectorError, NeedsReauthorisation, ProtocolError, ProviderUnavailable
from connectors.gmail.auth import CALENDARS_SCOPE, EVENTS_SCOPE, MAIL_SCOPE, GoogleEndpoints
from connectors.sealed import Sealable, read_secret

#: All that is asked for in a person's name.
SCOPES = (MAIL_SCOPE, EVENTS_SCOPE, CALENDARS_SCOPE)
USERS_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
MEMBERS_SCOPE = "https://www.googleapis.com/auth/admin.directory.group.member.readonly"
#: What google-auth asks under names of its own, and must ask where the settings say Google is.
_IAM = "https://iamcredentials.googleapis.com"
_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
#: Pages of a directory that are read at most.
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount(Sealable):
    """A service account: its key file's content, or its address where IAM signs for it; `admin` lists the directory."""

    email: str
    key: str = field(default="", repr=False)
    admin: str = ""


def service_account_of(secret: str) -> ServiceAccount:
    """Read what `encoded` gave.

    Raises:
        ProtocolError: this is something else.
    """
    return read_secret(secret, ServiceAccount, "organization.secret_unreadable")


def read_key(text: str, name: str, admin: str) -> ServiceAccount:
    """Read a key file as Google's console gives it.

    Raises:
        ProtocolError: it is another file.
    """
    try:
        found = json.loads(text)
        email, key = str(found["client_email"]), str(found["private_key"])
        right = found["type"] == "service_account" and "@" in email and "PRIVATE KEY" in key
    except (ValueError, KeyError, TypeError):
        right = False
    if not right:
        raise ProtocolError("organization.not_a_key_file", name=name)
    kept = {"type": "service_account", "client_email": email, "private_key": key}
    return ServiceAccount(email=email, key=json.dumps(kept), admin=admin)


class DelegatedCredentials:
    """What reads one person's mailbox, in the place of a person's own credentials; nothing of it is ever saved."""

    def __init__(
        self, endpoints: GoogleEndpoints, account: ServiceAccount, person: str, scopes: tuple[str, ...] = SCOPES
    ) -> None:
        """Act for `person`.

        Raises:
            ConnectorError: the key, or this machine's own sign-in at Google Cloud, can't be used.
        """
        endpoints.require_https()
        self.endpoints = endpoints
        self.scopes = frozenset(scopes)
        self.token_uri = endpoints.token_uri
        self.credentials = (
            _by_key(endpoints, account, person, scopes) if account.key else _keyless(account, person, scopes)
        )

    def save_if_refreshed(self) -> None:
        """Keep nothing: a new token is had at any time."""

    def request(self, session: requests.Session) -> Request:
        """Return what asks for tokens."""
        return _Redirected(session, self.endpoints)

    def refusal(self, error: str, description: str) -> ConnectorError | None:
        """Say what a refusal of a token means for a whole organization."""
        return delegation_error(error, description)


class _Redirected(Request):  # type: ignore[misc]  # google-auth ships no types
    """Asks for tokens where the settings say Google is: signing by IAM knows Google's own addresses alone."""

    def __init__(self, session: requests.Session, endpoints: GoogleEndpoints) -> None:
        super().__init__(session)
        self.endpoints = endpoints

    def __call__(self, url: str, *more: Any, **options: Any) -> Any:
        if url == _TOKEN:
            url = self.endpoints.token_uri
        elif url.startswith(_IAM) and self.endpoints.api_root:
            url = self.endpoints.api_root + url.removeprefix(_IAM)
        return super().__call__(url, *more, **options)


def delegation_error(error: str, description: str) -> ConnectorError | None:
    """Say what a refusal of the token endpoint means; None where it means what it always does."""
    if error in {"unauthorized_client", "access_denied"}:
        return NeedsReauthorisation("organization.not_delegated", scopes=", ".join(SCOPES), detail=description[:200])
    if error == "invalid_grant" and "account" in description.lower():
        return NeedsReauthorisation("organization.key_refused", detail=description[:200])
    if error == "invalid_grant":
        return AccessDenied("organization.person_gone", detail=description[:200])
    if "PERMISSION_DENIED" in description or "SERVICE_DISABLED" in description:
        return NeedsReauthorisation("organization.cannot_sign")
    return None


def _by_key(endpoints: GoogleEndpoints, account: ServiceAccount, person: str, scopes: tuple[str, ...]) -> Any:
    from google.oauth2 import service_account

    info = {**json.loads(account.key), "token_uri": endpoints.token_uri}
    try:
        return service_account.Credentials.from_service_account_info(info, scopes=list(scopes), subject=person)
    except (ValueError, KeyError, GoogleAuthError):
        raise ProtocolError("organization.secret_unreadable") from None


def _keyless(account: ServiceAccount, person: str, scopes: tuple[str, ...]) -> Any:
    import google.auth
    from google.auth import impersonated_credentials

    try:
        source, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    except GoogleAuthError as error:
        raise NeedsReauthorisation("organization.no_cloud_sign_in") from error
    return impersonated_credentials.Credentials(
        source_credentials=source, target_principal=account.email, target_scopes=list(scopes), subject=person
    )


class Directory:
    """The people of a Workspace, as listed for an administrator whose place the service account takes."""

    def __init__(self, endpoints: GoogleEndpoints, account: ServiceAccount) -> None:
        self.endpoints = endpoints
        self.account = account

    def everyone(self) -> Mapping[str, str]:
        """Every person with a mailbox who is not suspended: names by address.

        Raises:
            ConnectorError: the directory can't be read.
        """
        found: dict[str, str] = {}
        path = "users?customer=my_customer&maxResults=500"
        for page in self._pages(path, USERS_SCOPE):
            for one in page.get("users", []):
                out = one.get("suspended") or one.get("archived") or one.get("isMailboxSetup") is False
                if not out and "@" in str(one.get("primaryEmail", "")):
                    found[str(one["primaryEmail"]).lower()] = str((one.get("name") or {}).get("fullName", ""))
        return found

    def group(self, name: str) -> Mapping[str, str]:
        """The people of a group, and of the groups in it.

        Raises:
            ConnectorError: the directory can't be read.
        """
        found: dict[str, str] = {}
        path = f"groups/{quote(name, safe='@')}/members?includeDerivedMembership=true&maxResults=200"
        for page in self._pages(path, MEMBERS_SCOPE):
            for one in page.get("members", []):
                if (
                    one.get("type") == "USER"
                    and one.get("status", "ACTIVE") == "ACTIVE"
                    and "@" in str(one.get("email"))
                ):
                    found[str(one["email"]).lower()] = ""
        return found

    def _pages(self, path: str, scope: str) -> Iterator[dict[str, Any]]:
        if not self.account.admin:
            raise NeedsReauthorisation("organization.admin_needed")
        root = self.endpoints.api_root or "https://admin.googleapis.com"
        credentials = DelegatedCredentials(self.endpoints, self.account, self.account.admin, (scope,))
        with closing(requests.Session()) as session:
            session.verify = self.endpoints.ca_bundle or True
            more = ""
            for _ in range(MOST_PAGES):
                page = _get(session, credentials, f"{root}/admin/directory/v1/{path}{more}", scope)
                yield page
                token = page.get("nextPageToken")
                if not token:
                    return
                more = f"&pageToken={quote(str(token), safe='')}"
        raise ProtocolError("organization.directory_unreadable")


def _get(session: requests.Session, credentials: DelegatedCredentials, url: str, scope: str) -> dict[str, Any]:
    headers: dict[str, str] = {}
    with _translated():
        credentials.credentials.before_request(credentials.request(session), "GET", url, headers)
        answer = session.get(url, headers=headers, timeout=60)
    if answer.status_code in {401, 403}:
        raise NeedsReauthorisation("organization.directory_denied", scope=scope)
    if answer.status_code == 404:
        raise ProtocolError("organization.no_such_group")
    if answer.status_code != 200:
        raise ProviderUnavailable("google.unavailable")
    try:
        found = answer.json()
    except ValueError:
        raise ProviderUnavailable("google.sign_in_garbled") from None
    if not isinstance(found, dict):
        raise ProtocolError("organization.directory_unreadable")
    return found


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except GoogleAuthError as failure:
        answer = failure.args[1] if len(failure.args) > 1 else None
        error = str(answer.get("error", "")) if isinstance(answer, dict) else ""
        described = str(answer.get("error_description", "")) if isinstance(answer, dict) else str(failure)
        raise delegation_error(error, described) or ProviderUnavailable("google.sign_in_unavailable") from failure
    except requests.RequestException as failure:
        raise ProviderUnavailable("google.unavailable") from failure
