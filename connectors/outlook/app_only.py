"""Reading the mailboxes of a tenant by application permissions: a certificate or a secret, and no person signs in.

Mail.ReadBasic.All and Calendars.ReadBasic.All, or roles of RBAC for Applications, which fence the application to some
mailboxes; consenting in Entra as well opens them all (learn.microsoft.com, "Role Based Access Control for
Applications"). Directory listings want User.Read.All.
"""

import base64
import binascii
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

import httpx
import msal
import msgspec

from connectors.errors import AccessDenied, ConnectorError, NeedsReauthorisation, ProtocolError
from connectors.outlook.api.client import GraphClient, decoded
from connectors.outlook.api.http import MsalHttp, http_client
from connectors.outlook.auth import MARGIN, MICROSOFT_AUTHORITIES, NATIONAL_CLOUDS, translating_errors
from connectors.outlook.errors import NotFound, sign_in_error
from connectors.outlook.rate_limit import RateLimiter
from connectors.refusals import require_https
from connectors.sealed import Sealable, read_secret

MAIL_ROLE, CALENDAR_ROLE = "Mail.ReadBasic.All", "Calendars.ReadBasic.All"
#: Roles that open every mailbox of the tenant, whatever RBAC for Applications says.
EVERY_MAILBOX = frozenset({"Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"})
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Sealable):
    """An application of a tenant, with a secret, or a certificate and its key (PEM)."""

    tenant: str
    client_id: str
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    certificate: str = ""
    authority: str = "https://login.microsoftonline.com"
    graph_root: str = "https://graph.microsoft.com/v1.0"


def application_of(secret: str) -> Application:
    """Read what `encoded` gave.

    Raises:
        ProtocolError: this is something else.
    """
    return read_secret(secret, Application, "organization.secret_unreadable")


class AppTokens:
    """Access tokens for all mailboxes of a tenant; every connector of an organization shares one in a process."""

    def __init__(self, application: Application, http: httpx.Client, clock: Callable[[], float] = time.time) -> None:
        require_https(application.authority, "KEEPWARM_MICROSOFT_AUTHORITY")
        require_https(application.graph_root, "KEEPWARM_GRAPH_ROOT")
        self.application = application
        self.http = http
        self.clock = clock
        self._lock = Lock()
        self._token, self._until = "", 0.0

    def bearer(self) -> str:
        """Return a token that is valid for the next minutes.

        Raises:
            ConnectorError: there is none available.
        """
        with self._lock:
            if self._token and self._until > self.clock() + MARGIN:
                return self._token
            return self._new()

    def renew(self, claims: str = "") -> str:
        """Return a new token, even if the old one seemed valid.

        Raises:
            ConnectorError: there is none available.
        """
        with self._lock:
            return self._new(claims)

    def covers(self, scope: str) -> bool:
        """Say yes: with RBAC for Applications a token doesn't name what it allows; reading shows it."""
        del scope
        return True

    def roles(self) -> frozenset[str]:
        """Name what was consented to in Entra, as the token says; for advice alone, since its signature isn't checked.

        Raises:
            ConnectorError: there is no token available.
        """
        body = self.bearer().split(".")[1:2]
        try:
            claims = msgspec.json.decode(base64.urlsafe_b64decode(body[0] + "=" * (-len(body[0]) % 4))) if body else {}
            found = claims.get("roles", []) if isinstance(claims, dict) else []
            return frozenset(map(str, found)) if isinstance(found, list) else frozenset()
        except (msgspec.DecodeError, binascii.Error, ValueError):
            return frozenset()

    def _new(self, claims: str = "") -> str:
        app = _msal(self.application, self.http)
        with translating_errors():
            answer: dict[str, Any] = app.acquire_token_for_client(
                [_default(self.application)], **({"claims_challenge": claims} if claims else {})
            )
        if "access_token" not in answer:
            raise application_error(answer)
        self._token = str(answer["access_token"])
        self._until = self.clock() + float(answer.get("expires_in", 0))
        return self._token


def application_error(answer: Mapping[str, Any]) -> ConnectorError:
    """Say what a refused token means for a whole organization."""
    numbers = set(answer.get("error_codes") or ())
    if numbers & {7000215, 7000222, 700027}:
        return NeedsReauthorisation("organization.secret_refused")
    if numbers & {90002, 900023}:
        return NeedsReauthorisation("organization.unknown_tenant")
    if numbers & {700016}:
        return NeedsReauthorisation("organization.unknown_application")
    return sign_in_error(dict(answer))


_SHARED: WeakValueDictionary[Application, AppTokens] = WeakValueDictionary()
_SHARING = Lock()


def tokens_of(application: Application) -> AppTokens:
    """Return the tokens that all connectors of an organization share, as long as one of them lives."""
    with _SHARING:
        tokens = _SHARED.get(application)
        if tokens is None:
            tokens = _SHARED[application] = AppTokens(application, http_client())
        return tokens


def person(address: str) -> str:
    """Return the path under which Graph knows a person."""
    return f"/users/{quote(address, safe='@')}"


class Tenant:
    """The people of a tenant."""

    def __init__(self, application: Application) -> None:
        self.tokens = tokens_of(application)
        self.client = GraphClient(application.graph_root, self.tokens, http=http_client(), limiter=RateLimiter())

    def probe(self, address: str) -> None:
        """See whether a mailbox can be read, by the name of its inbox alone.

        Raises:
            ConnectorError: it can't.
        """
        try:
            self.client.get(f"{person(address)}/mailFolders/inbox?$select=id", scope=MAIL_ROLE)
        except NotFound:
            raise AccessDenied("organization.person_gone") from None
        except AccessDenied:
            raise NeedsReauthorisation("organization.mailbox_denied", role=MAIL_ROLE) from None

    def everyone(self) -> Mapping[str, str]:
        """Every person whose account is enabled: names by address.

        Raises:
            ConnectorError: the directory can't be read.
        """
        return self._people("/users")

    def group(self, name: str) -> Mapping[str, str]:
        """The people of a group (its id), and of the groups in it.

        Raises:
            ConnectorError: the directory can't be read.
        """
        return self._people(f"/groups/{quote(name, safe='')}/transitiveMembers/microsoft.graph.user")

    def _people(self, path: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for one in self._pages(f"{path}?$select=mail,userPrincipalName,displayName,accountEnabled&$top=999"):
            address = (one.mail or one.principal).lower()
            if one.enabled is not False and "@" in address and "#ext#" not in one.principal.lower():
                found[address] = one.name or ""
        return found

    def _pages(self, path: str) -> "Iterator[_User]":
        url: str | None = path
        for _ in range(MOST_PAGES):
            if url is None:
                return
            try:
                page = decoded(_decode, self.client.get(url, scope="User.Read.All"))
            except AccessDenied:
                raise NeedsReauthorisation("organization.directory_denied", scope="User.Read.All") from None
            except NotFound:
                raise ProtocolError("organization.no_such_group") from None
            yield from page.value
            url = page.next
        raise ProtocolError("organization.directory_unreadable")


class _User(msgspec.Struct, frozen=True):
    principal: str = msgspec.field(name="userPrincipalName", default="")
    mail: str | None = None
    name: str | None = msgspec.field(name="displayName", default=None)
    enabled: bool | None = msgspec.field(name="accountEnabled", default=None)


class _Page(msgspec.Struct, frozen=True):
    value: list[_User]
    next: str | None = msgspec.field(name="@odata.nextLink", default=None)


_decode = msgspec.json.Decoder(_Page).decode


def _msal(application: Application, http: httpx.Client) -> msal.ConfidentialClientApplication:
    credential: Any = application.secret
    if application.private_key:
        credential = {"private_key": application.private_key, "public_certificate": application.certificate}
    try:
        return msal.ConfidentialClientApplication(
            application.client_id,
            client_credential=credential,
            authority=f"{application.authority}/{application.tenant}",
            instance_discovery=None if httpx.URL(application.authority).host in MICROSOFT_AUTHORITIES else False,
            http_client=MsalHttp(http),
        )
    except (ValueError, KeyError) as error:
        raise NeedsReauthorisation("organization.unknown_tenant") from error


def _default(application: Application) -> str:
    """The scope that stands for whatever was consented to, as this cloud writes it."""
    cloud = next((one for one in NATIONAL_CLOUDS if application.graph_root.startswith(one)), "")
    return f"{cloud or 'https://graph.microsoft.com/'}.default"
