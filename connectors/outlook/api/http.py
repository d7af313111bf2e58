"""The HTTP client of this process, for Graph and, in the shape it wants, for msal."""

import atexit
import os
import ssl
from functools import cache
from typing import Any

import httpx

from connectors.errors import ConnectorError, ProviderUnavailable, RateLimited
from connectors.outlook.errors import DEFAULT_PAUSE
from connectors.refusals import retry_after

#: Seconds to wait for a connection, and for an answer.
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
#: Connections that stay open, and for how many seconds: opening one takes longer than most requests.
LIMITS = httpx.Limits(max_keepalive_connections=20, keepalive_expiry=90)


def http_client() -> httpx.Client:
    """The HTTP client of this process: every account and folder shares its kept connections.

    It trusts what SSL_CERT_FILE or REQUESTS_CA_BUNDLE names, else the usual authorities.
    """
    return _client(os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE"))


@cache
def _client(bundle: str | None) -> httpx.Client:
    context = ssl.create_default_context(cafile=bundle) if bundle else httpx.create_ssl_context()
    client = httpx.Client(verify=context, timeout=TIMEOUT, limits=LIMITS)
    atexit.register(client.close)
    return client


class MsalHttp:
    """httpx as msal wants its HTTP client; what may pass becomes an error here, before msal remembers it."""

    def __init__(self, http: httpx.Client) -> None:
        """Ask through `http`, which stays the caller's."""
        self.http = http

    def get(self, url: str, **options: Any) -> httpx.Response:
        """GET, with `params` and `headers`."""
        return self._request("GET", url, options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        """POST a form: `data`, with `params` and `headers`."""
        return self._request("POST", url, options)

    def close(self) -> None:
        """Leave the client open: it belongs to the connector."""

    def _request(self, method: str, url: str, options: dict[str, Any]) -> httpx.Response:
        # A certificate's assertion comes as bytes, which httpx would write as Python does.
        form = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in (options.get("data") or {}).items()
        }
        try:
            answer = self.http.request(
                method, url, params=options.get("params"), data=form or None, headers=options.get("headers")
            )
        except httpx.RequestError as error:
            raise ProviderUnavailable("microsoft.sign_in_unreachable") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _busy(answer)
        if answer.is_success and not whole_json(answer.content):
            raise ProviderUnavailable("microsoft.sign_in_not_microsoft")
        return answer


def whole_json(body: bytes) -> bool:
    """Whether an answer may be a whole JSON object, or is empty: a proxy's page or half an answer is not Microsoft's.

    Looked at cheaply, by its ends: an object that was cut off lacks its brace.
    """
    bare = body.strip()
    return not bare or (bare.startswith(b"{") and bare.endswith(b"}"))


def _busy(answer: httpx.Response) -> ConnectorError:
    pause = retry_after(answer.headers)
    if answer.status_code == 429 or pause is not None:
        return RateLimited("microsoft.sign_in_busy", retry_after=pause or DEFAULT_PAUSE)
    return ProviderUnavailable("microsoft.sign_in_unavailable")
