"""Connecting an Outlook account once: through the browser and a loopback redirect, or with a code on another device."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import msal
import msgspec

from connectors.base import Grant
from connectors.errors import AccessDenied, NeedsReauthorisation, ProtocolError
from connectors.loopback import MAX_WAIT, BrowserSignIn, Landing, new_state
from connectors.outlook.api.client import GraphClient, decoded
from connectors.outlook.api.http import http_client
from connectors.outlook.auth import (
    OPTIONAL,
    SCOPES,
    CachedTokens,
    MicrosoftEndpoints,
    application,
    check_scopes,
    has_scope,
    translating_errors,
)
from connectors.outlook.errors import sign_in_error
from connectors.outlook.rate_limit import RateLimiter

#: Whose account it is, and its other addresses: all of it under User.Read (Microsoft Graph, "user resource type").
_NAMES = "/me?$select=id,mail,userPrincipalName,displayName"
_ALIASES = ",otherMails,proxyAddresses"
_DECLARED = "smtp:"  # proxyAddresses: "SMTP:main@...", "smtp:alias@...", "x500:...", "sip:..."


class Me(msgspec.Struct, frozen=True):
    """The signed-in user as Graph describes them."""

    user_principal_name: str = msgspec.field(name="userPrincipalName")
    id: str = ""
    mail: str | None = None
    display_name: str | None = msgspec.field(name="displayName", default=None)
    other_mails: list[str] | None = msgspec.field(name="otherMails", default=None)
    proxy_addresses: list[str] | None = msgspec.field(name="proxyAddresses", default=None)

    @property
    def address(self) -> str:
        """The account's own address."""
        return self.mail or self.user_principal_name

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every other address of this person that Microsoft states, in lower case."""
        declared = [one[len(_DECLARED) :] for one in self.proxy_addresses or () if one.lower().startswith(_DECLARED)]
        stated = (self.user_principal_name, *declared, *(self.other_mails or ()))
        found = {one.strip().lower() for one in stated if "@" in one}
        return tuple(sorted(found - {self.address.lower()}))


_decode_me = msgspec.json.Decoder(Me).decode


def connect(
    endpoints: MicrosoftEndpoints,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    device: bool = False,
    show_code: Callable[[str, str], object] | None = None,
    paste: Callable[[], str] | None = None,
    login_hint: str | None = None,
    max_wait: float = MAX_WAIT,
    wanted: Sequence[str] = SCOPES,
    landing: Landing | None = None,
) -> Grant:
    """Ask the person for consent, wait for it, and find out whose account it is.

    Args:
        endpoints: the application, and where Microsoft is.
        open_browser: gets the address to open (or to print).
        port: of this machine, where the browser is sent back to; 0 for any that is free.
        device: sign in with a code on another device instead.
        show_code: gets the verification address and that code.
        paste: may block for the address a browser on another machine landed on; whichever comes first is taken.
        login_hint: the account to preselect.
        max_wait: how long the person may take, in seconds.
        wanted: SCOPES to read, or SENDING for the consent of its own that sending needs.
        landing: a page that is served already, where the sign-in ends instead of at a port of its own.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    cache = msal.SerializableTokenCache()
    http = http_client()
    app, scopes = application(endpoints, http, cache), endpoints.scopes(wanted)
    if device:
        answer = _by_device(app, scopes, show_code or (lambda *_: None))
    else:
        answer = _by_browser(app, scopes, BrowserSignIn(open_browser, port, paste, login_hint, max_wait, landing))
    return _granted(endpoints, answer, cache, http, wanted)


def _granted(
    endpoints: MicrosoftEndpoints,
    answer: dict[str, Any],
    cache: msal.SerializableTokenCache,
    http: httpx.Client,
    wanted: Sequence[str],
) -> Grant:
    """What a sign-in has led to: the account, its secret, and the scopes agreed to."""
    if "error" in answer:
        raise sign_in_error(answer)
    granted = check_scopes(answer, wanted)
    return _grant(_identify(endpoints, cache.serialize(), http, wanted), granted, cache.serialize(), wanted)


def _grant(me: Me, granted: tuple[str, ...], secret: str, wanted: Sequence[str]) -> Grant:
    notes = [
        "The calendar wasn't allowed, so only email is read. Connect again to add it."
        for scope in wanted
        if scope in OPTIONAL and not has_scope(granted, scope)
    ]
    return Grant(
        me.address,
        granted,
        secret,
        subject=me.id,
        aliases=me.aliases,
        name=me.display_name or "",
        notes=tuple(notes),
    )


def _by_browser(app: msal.ClientApplication, scopes: list[str], sign_in: BrowserSignIn) -> dict[str, Any]:
    state = new_state()
    flows: list[dict[str, Any]] = []

    def consent_page(redirect_uri: str) -> str:
        with warnings.catch_warnings():
            # msal recommends form_post; only an address can be carried over from another machine
            warnings.filterwarnings("ignore", message="response_mode=")
            flows.append(
                app.initiate_auth_code_flow(
                    scopes,
                    redirect_uri=redirect_uri,
                    state=state,
                    login_hint=sign_in.login_hint,
                    prompt="select_account",
                )
            )
        return str(flows[0]["auth_uri"])

    landed = sign_in.ask("localhost", state, consent_page)
    if landed is None:
        raise NeedsReauthorisation("microsoft.not_answered")
    with translating_errors():
        answer: dict[str, Any] = app.acquire_token_by_auth_code_flow(flows[0], dict(landed))
    return answer


def _by_device(
    app: msal.ClientApplication, scopes: list[str], show_code: Callable[[str, str], object]
) -> dict[str, Any]:
    if not isinstance(app, msal.PublicClientApplication):
        raise ProtocolError("microsoft.device_needs_public_client")
    with translating_errors():
        flow = app.initiate_device_flow(scopes)
    if "user_code" not in flow:
        raise sign_in_error(flow)
    show_code(flow["verification_uri"], flow["user_code"])
    with translating_errors():
        answer: dict[str, Any] = app.acquire_token_by_device_flow(flow)  # polls until the code runs out
    return answer


def _identify(endpoints: MicrosoftEndpoints, cache: str, http: httpx.Client, wanted: Sequence[str]) -> Me:
    tokens = CachedTokens(endpoints, cache, save=lambda _: None, http=http, wanted=wanted)
    client = GraphClient(endpoints.graph_root, tokens, http=http, limiter=RateLimiter())
    try:
        body = client.get(_NAMES + _ALIASES, scope="User.Read")
    except (ProtocolError, AccessDenied):  # a personal account has no such properties
        body = client.get(_NAMES, scope="User.Read")
    return decoded(_decode_me, body)
