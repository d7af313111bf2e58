"""Connecting an Outlook account once: through the browser and a loopback redirect, or with a code on another device."""

import secrets
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import msal
import msgspec

from connectors.base import Grant
from connectors.errors import NeedsReauthorisation, ProtocolError
from connectors.loopback import Loopback, listening
from connectors.outlook.api.client import GraphClient, decoded
from connectors.outlook.api.http import http_client
from connectors.outlook.auth import (
    SCOPES,
    CachedTokens,
    MicrosoftEndpoints,
    application,
    check_scopes,
    translating_errors,
)
from connectors.outlook.errors import sign_in_error
from connectors.outlook.rate_limit import RateLimiter

#: How long the person may take, in seconds.
MAX_WAIT = 900.0


class _Me(msgspec.Struct, frozen=True):
    user_principal_name: str = msgspec.field(name="userPrincipalName")
    mail: str | None = None
    display_name: str | None = msgspec.field(name="displayName", default=None)


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
) -> Grant:
    """Ask the person for consent and wait for it.

    `wanted` is SCOPES to read, or SENDING for the consent of its own that sending needs.

    `open_browser` gets the address to open (or to print). With `device`, `show_code` gets the verification address and
    the code instead. `paste` may block for the address a browser on another machine landed on; whichever comes first,
    it or the redirect to http://localhost:`port`/, is taken. `login_hint` names the account to sign in as.

    Raises:
        NeedsReauthorisation: the person, or an administrator, has not agreed.
        ConnectorError: see connectors.errors.
    """
    http = http_client()
    cache = msal.SerializableTokenCache()
    app = application(endpoints, http, cache)
    scopes = endpoints.scopes(wanted)
    if device:
        answer = _by_device(app, scopes, show_code or (lambda *_: None))
    else:
        answer = _by_browser(app, scopes, open_browser, port, paste, login_hint, max_wait)
    if "error" in answer:
        raise sign_in_error(answer)
    granted = check_scopes(answer, wanted)
    me = _identify(endpoints, cache.serialize(), http, wanted)
    return Grant(me.mail or me.user_principal_name, granted, cache.serialize(), name=me.display_name or "")


def _by_browser(
    app: msal.ClientApplication,
    scopes: list[str],
    open_browser: Callable[[str], object],
    port: int,
    paste: Callable[[], str] | None,
    login_hint: str | None,
    max_wait: float,
) -> dict[str, Any]:
    # What strangers send to the local port, having no `state` to show, is passed over.
    state = secrets.token_urlsafe(24)
    with listening(state, port) as loopback:
        with warnings.catch_warnings():
            # msal recommends form_post; only an address can be carried over from another machine
            warnings.filterwarnings("ignore", message="response_mode=")
            flow = app.initiate_auth_code_flow(
                scopes,
                redirect_uri=loopback.address("localhost"),
                state=state,
                login_hint=login_hint,
                prompt="select_account",
            )
        if paste:
            threading.Thread(target=lambda: loopback.offer(paste()), daemon=True).start()
        open_browser(flow["auth_uri"])
        landed = _wait_for_answer(loopback, state, time.monotonic() + max_wait)
    if landed is None:
        raise NeedsReauthorisation("Nobody signed in at Microsoft in time: connect again.")
    with translating_errors():
        answer: dict[str, Any] = app.acquire_token_by_auth_code_flow(flow, dict(landed))
    return answer


def _wait_for_answer(loopback: Loopback, state: str, until: float) -> Mapping[str, str] | None:
    """The answer to this sign-in, None if it has not come by `until` (monotonic seconds)."""
    while (left := until - time.monotonic()) > 0:
        landed = loopback.wait(left)
        if landed is not None and landed.get("state") == state:
            return landed
    return None


def _by_device(
    app: msal.ClientApplication, scopes: list[str], show_code: Callable[[str, str], object]
) -> dict[str, Any]:
    if not isinstance(app, msal.PublicClientApplication):
        raise ProtocolError(
            "Signing in with a code needs a public client: unset KEEPWARM_MICROSOFT_CLIENT_SECRET or omit --device."
        )
    with translating_errors():
        flow = app.initiate_device_flow(scopes)
    if "user_code" not in flow:
        raise sign_in_error(flow)
    show_code(flow["verification_uri"], flow["user_code"])
    with translating_errors():
        answer: dict[str, Any] = app.acquire_token_by_device_flow(flow)  # polls until the code runs out
    return answer


def _identify(endpoints: MicrosoftEndpoints, cache: str, http: httpx.Client, wanted: Sequence[str]) -> _Me:
    tokens = CachedTokens(endpoints, cache, save=lambda _: None, http=http, wanted=wanted)
    client = GraphClient(endpoints.graph_root, tokens, http=http, limiter=RateLimiter())
    body = client.get("/me?$select=mail,userPrincipalName,displayName", scope="User.Read")
    return decoded(msgspec.json.Decoder(_Me).decode, body)
