"""Signing in at Microsoft with msal, and access tokens afterwards; the cache of tokens is sealed by the worker."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
import msal
from msal.exceptions import MsalServiceError
from msal.token_cache import TokenCache

from connectors.errors import ProtocolError, ScopeMissing, TokenRevoked
from connectors.outlook.api.http import MsalHttp
from connectors.outlook.errors import sign_in_error
from connectors.refusals import require_https

#: All that is ever asked for to read; msal adds openid and offline_access, `profile` is left out.
SCOPES = ("User.Read", "Mail.ReadBasic", "Calendars.ReadBasic")
#: What is read where it was granted, and gone without where it was not.
OPTIONAL = frozenset({"Calendars.ReadBasic"})
#: What is asked for to send, apart and only where the person wants it.
SENDING = ("User.Read", "Mail.Send")
#: Where Graph's root names a national cloud, scopes must name it too.
NATIONAL_CLOUDS = (
    "https://graph.microsoft.us/",
    "https://dod-graph.microsoft.us/",
    "https://microsoftgraph.chinacloudapi.cn/",
)
MICROSOFT_AUTHORITIES = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")
#: A token with less left than this is renewed before use, in seconds.
MARGIN = 300


@dataclass(frozen=True, slots=True)
class MicrosoftEndpoints:
    """The application as registered at Microsoft, and where Microsoft is; settings fill it."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    authority: str = "https://login.microsoftonline.com/common"
    graph_root: str = "https://graph.microsoft.com/v1.0"

    def require_https(self) -> None:
        """Refuse to send secrets in the clear.

        Raises:
            ProtocolError: an address is neither https nor on this machine.
        """
        require_https(self.authority, "KEEPWARM_MICROSOFT_AUTHORITY")
        require_https(self.graph_root, "KEEPWARM_GRAPH_ROOT")

    def scopes(self, wanted: Sequence[str] = SCOPES) -> list[str]:
        """The scopes as this cloud wants them written."""
        cloud = next((cloud for cloud in NATIONAL_CLOUDS if self.graph_root.startswith(cloud)), "")
        return [cloud + scope for scope in wanted]


def application(
    endpoints: MicrosoftEndpoints, http: httpx.Client, cache: TokenCache | None = None
) -> msal.ClientApplication:
    """The msal application, public or confidential; asks the authority where its endpoints are.

    Raises:
        ConnectorError: the authority cannot be reached or is none.
    """
    if not endpoints.client_id:
        raise ProtocolError("microsoft.no_client")
    endpoints.require_https()
    kind = msal.ConfidentialClientApplication if endpoints.client_secret else msal.PublicClientApplication
    try:
        return kind(
            endpoints.client_id,
            client_credential=endpoints.client_secret or None,
            authority=endpoints.authority,
            # Only Microsoft's own authorities are known to Microsoft's register of authorities.
            instance_discovery=None if httpx.URL(endpoints.authority).host in MICROSOFT_AUTHORITIES else False,
            client_capabilities=["CP1"],
            exclude_scopes=["profile"],
            token_cache=cache,
            http_client=MsalHttp(http),
        )
    except (ValueError, KeyError) as error:
        raise ProtocolError("microsoft.unknown_authority", authority=endpoints.authority) from error


class CachedTokens:
    """Access tokens out of a stored cache; `save` is called with the new cache each time it has changed."""

    def __init__(
        self,
        endpoints: MicrosoftEndpoints,
        cache: str,
        *,
        save: Callable[[str], None],
        http: httpx.Client,
        clock: Callable[[], float] = time.time,
        wanted: Sequence[str] = SCOPES,
    ) -> None:
        """Begin with `cache` as `save` or `connect` gave it; the tokens are for the `wanted` scopes.

        Raises:
            TokenRevoked: `cache` is not what they gave.
            ProtocolError: Microsoft's addresses are not https.
        """
        endpoints.require_https()
        self.endpoints = endpoints
        self.save = save
        self.http = http
        self.clock = clock
        self.wanted = wanted
        self._cache = msal.SerializableTokenCache()
        try:
            self._cache.deserialize(cache)
        except ValueError as error:
            raise TokenRevoked("microsoft.sign_in_unreadable") from error
        self._application: msal.ClientApplication | None = None
        self._token = _Token("", 0.0, frozenset())

    def bearer(self) -> str:
        """Return a token that is valid for the next minutes.

        Raises:
            ConnectorError: there is none available.
        """
        if self._fresh(self._token):
            return self._token.secret
        for stored in self._cache.search(
            TokenCache.CredentialType.ACCESS_TOKEN,
            target=self.endpoints.scopes(_required(self.wanted)),
            query={"client_id": self.endpoints.client_id},
        ):
            # Found without msal's application: building one asks the authority over the network.
            token = _Token(stored["secret"], float(stored["expires_on"]), _bare(str(stored.get("target", "")).split()))
            if self._fresh(token):
                self._token = token
                return token.secret
        return self.renew()

    def covers(self, scope: str) -> bool:
        """Whether the tokens allow what `scope` names.

        Raises:
            ConnectorError: there is no token available.
        """
        self.bearer()
        return not self._token.scopes or scope.lower() in self._token.scopes

    def renew(self, claims: str = "") -> str:
        """Return a new token, even if the old one seemed valid; `claims` is what a challenge of Graph's asked for.

        Raises:
            ConnectorError: there is none available.
        """
        if self._application is None:
            self._application = application(self.endpoints, self.http, self._cache)
        accounts = self._application.get_accounts()
        if not accounts:
            raise TokenRevoked("microsoft.sign_in_gone")
        answer = self._refreshed(self._application, accounts[0], self.wanted, claims)
        if _consent_missing(answer) and set(_required(self.wanted)) < set(self.wanted):
            # an administrator may have taken away what is only wished for: email goes on without it
            answer = self._refreshed(self._application, accounts[0], _required(self.wanted), claims)
        if not answer or "error" in answer:
            raise sign_in_error(answer or {"error": "invalid_grant"})
        granted = check_scopes(answer, self.wanted)
        if self._cache.has_state_changed:
            self.save(self._cache.serialize())
        self._token = _Token(
            str(answer["access_token"]), self.clock() + float(answer.get("expires_in", 0)), _bare(granted)
        )
        return self._token.secret

    def _refreshed(
        self, app: msal.ClientApplication, account: Any, wanted: Sequence[str], claims: str
    ) -> dict[str, Any] | None:
        with translating_errors():
            answer: dict[str, Any] | None = app.acquire_token_silent_with_error(
                self.endpoints.scopes(wanted), account, force_refresh=True, claims_challenge=claims or None
            )
        return answer

    def _fresh(self, token: "_Token") -> bool:
        return bool(token.secret) and token.expires_at > self.clock() + MARGIN


class _Token(NamedTuple):
    secret: str
    expires_at: float  # seconds
    scopes: frozenset[str]  # in lower case, without the cloud's address; empty if unknown


def check_scopes(answer: dict[str, Any], wanted: Sequence[str] = SCOPES) -> tuple[str, ...]:
    """Return the scopes a token covers.

    Raises:
        ScopeMissing: one that keepwarm cannot do without is not among them.
    """
    granted = tuple(str(answer.get("scope", "")).split())
    bare = _bare(granted)
    for scope in _required(wanted):
        if bare and scope.lower() not in bare:
            raise ScopeMissing(
                "microsoft.scope_missing",
                scope=scope,
            )
    return granted


def has_scope(granted: Sequence[str], scope: str) -> bool:
    """Whether `scope` is among those granted, however this cloud writes them; True where none are named at all."""
    return not granted or scope.lower() in _bare(granted)


def _bare(scopes: Sequence[str]) -> frozenset[str]:
    return frozenset(scope.rpartition("/")[2].lower() for scope in scopes)


def _required(wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(scope for scope in wanted if scope not in OPTIONAL)


def _consent_missing(answer: dict[str, Any] | None) -> bool:
    if not answer or "error" not in answer:
        return False
    return answer.get("suberror") == "consent_required" or 65001 in (answer.get("error_codes") or ())


@contextmanager
def translating_errors() -> Iterator[None]:
    """Where msal reads what Microsoft answered.

    Raises:
        ProtocolError: it is not what msal expects.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, MsalServiceError) as error:
        raise ProtocolError("microsoft.sign_in_unknown_answer") from error
