"""Signing in at Microsoft with msal, and access tokens afterwards; the cache of tokens is sealed by the worker."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msal
from msal.exceptions import MsalServiceError
from msal.token_cache import TokenCache

from connectors.errors import ProtocolError, ScopeMissing, TokenRevoked
from connectors.outlook.api.http import MsalHttp
from connectors.outlook.errors import sign_in_error

#: All that is ever asked for to read; msal adds openid and offline_access, `profile` is left out.
SCOPES = ("User.Read", "Mail.ReadBasic", "Calendars.ReadBasic")
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
        raise ProtocolError(
            'KEEPWARM_MICROSOFT_CLIENT_ID is not set: register an application of your own at Microsoft (see "Your own'
            ' application at Microsoft" in the README).'
        )
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
        raise ProtocolError(
            f"{endpoints.authority} is not an authority Microsoft knows: check KEEPWARM_MICROSOFT_AUTHORITY."
        ) from error


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
        """
        self.endpoints = endpoints
        self.save = save
        self.http = http
        self.clock = clock
        self.wanted = wanted
        self._cache = msal.SerializableTokenCache()
        try:
            self._cache.deserialize(cache)
        except ValueError as error:
            raise TokenRevoked("The stored sign-in cannot be read: connect the account again.") from error
        self._application: msal.ClientApplication | None = None
        self._token = ("", 0.0)

    def bearer(self) -> str:
        """A token that is good for the next minutes.

        Raises:
            ConnectorError: there is none to be had.
        """
        token, good_until = self._token
        if token and good_until > self.clock() + MARGIN:
            return token
        for held in self._cache.search(
            TokenCache.CredentialType.ACCESS_TOKEN,
            target=self.endpoints.scopes(self.wanted),
            query={"client_id": self.endpoints.client_id},
        ):
            # Found without msal's application: building one asks the authority over the network.
            if float(held["expires_on"]) > self.clock() + MARGIN:
                self._token = (held["secret"], float(held["expires_on"]))
                return self._token[0]
        return self.renew()

    def renew(self, claims: str = "") -> str:
        """A new token though the old one seemed good; `claims` is what a challenge of Graph's asked for.

        Raises:
            ConnectorError: there is none to be had.
        """
        if self._application is None:
            self._application = application(self.endpoints, self.http, self._cache)
        accounts = self._application.get_accounts()
        if not accounts:
            raise TokenRevoked("There is no sign-in at Microsoft any more: connect the account again.")
        with translating_errors():
            answer = self._application.acquire_token_silent_with_error(
                self.endpoints.scopes(self.wanted), accounts[0], force_refresh=True, claims_challenge=claims or None
            )
        if not answer or "error" in answer:
            raise sign_in_error(answer or {"error": "invalid_grant"})
        check_scopes(answer, self.wanted)
        if self._cache.has_state_changed:
            self.save(self._cache.serialize())
        self._token = (answer["access_token"], self.clock() + float(answer.get("expires_in", 0)))
        return self._token[0]


def check_scopes(answer: dict[str, Any], wanted: Sequence[str] = SCOPES) -> tuple[str, ...]:
    """The scopes a token covers.

    Raises:
        ScopeMissing: one that keepwarm needs is not among them.
    """
    granted = tuple(str(answer.get("scope", "")).split())
    bare = {scope.rpartition("/")[2].lower() for scope in granted}
    for scope in wanted:
        if bare and scope.lower() not in bare:
            raise ScopeMissing(
                f"Microsoft did not grant {scope}: connect again and agree to all that is asked for.", scope=scope
            )
    return granted


@contextmanager
def translating_errors() -> Iterator[None]:
    """Where msal reads what Microsoft answered.

    Raises:
        ProtocolError: it is not what msal expects.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, MsalServiceError) as error:
        raise ProtocolError("Microsoft's sign-in gave an answer keepwarm does not understand.") from error
