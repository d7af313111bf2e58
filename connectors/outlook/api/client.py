"""Asking Graph: one kept connection, the account's pace, a fresh token when one has run out, the port's errors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.errors import ProtocolError, ProviderUnavailable, RateLimited, TokenRevoked
from connectors.outlook.errors import Unauthorised, graph_error
from connectors.outlook.rate_limit import RateLimiter

#: How often one request is made while Graph answers with pauses that are sat out.
TRIES = 6
#: Ids that stay the same when a message is moved.
IMMUTABLE = 'IdType="ImmutableId"'

T = TypeVar("T")


class Tokens(Protocol):
    """Where access tokens come from (connectors.outlook.auth)."""

    def bearer(self) -> str:
        """Give a token that is good for the next minutes."""
        ...

    def renew(self, claims: str = "") -> str:
        """Give a new token though the old one seemed good."""
        ...


class GraphClient:
    """Asks for one account: a GET, a batch of them (connectors.outlook.api.batch), or word of a subscription."""

    def __init__(self, root: str, tokens: Tokens, *, http: httpx.Client, limiter: RateLimiter) -> None:
        """Ask the Graph at `root` (".../v1.0")."""
        self.root = root.rstrip("/")
        self.tokens = tokens
        self.http = http
        self.limiter = limiter

    def get(self, url: str, *, scope: str, prefer: Sequence[str] = ()) -> bytes:
        """The body of one answer; `url` is a path below the root, or a link that Graph gave.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        return self._request(
            "GET", self._absolute(url), scope=scope, headers={"Prefer": ", ".join((IMMUTABLE, *prefer))}
        )

    def post(self, path: str, body: bytes, *, scope: str) -> bytes:
        """The answer to JSON that is sent to `path`.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        headers = {"Content-Type": "application/json"}
        return self._request("POST", self.root + path, scope=scope, headers=headers, body=body)

    def send(self, method: str, path: str, body: object, *, scope: str) -> bytes:
        """The answer to `body`, sent as JSON to `path`; None is no body.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        headers = {"Content-Type": "application/json", "Prefer": IMMUTABLE}
        sent = None if body is None else msgspec.json.encode(body)
        return self._request(method, self.root + path, scope=scope, headers=headers, body=sent)

    def renew(self, refused: Unauthorised, *, renewed: bool) -> bool:
        """Get a new token after a refusal, unless that was done before.

        Raises:
            TokenRevoked: a new token was refused too.
        """
        if renewed:
            raise TokenRevoked(str(refused)) from refused
        self.tokens.renew(refused.claims)
        return True

    def _request(
        self, method: str, url: str, *, scope: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> bytes:
        renewed = broken = False
        for attempt in range(TRIES):
            bearer = self.tokens.bearer()
            with self.limiter.slot():
                signed = {**headers, "Authorization": f"Bearer {bearer}"}
                try:
                    answer = self.http.request(method, url, headers=signed, content=body)
                except httpx.RequestError as error:
                    if broken:
                        raise ProviderUnavailable("Microsoft cannot be reached just now.") from error
                    broken = True  # a kept connection may have been closed in the meantime: try once more
                    continue
                if answer.is_success:
                    return answer.content
                refused = graph_error(answer.status_code, answer.headers, answer.content, scope=scope)
                if isinstance(refused, RateLimited):
                    self.limiter.pause(refused.retry_after)  # inside the slot: nobody slips in between
            if isinstance(refused, Unauthorised):
                renewed = self.renew(refused, renewed=renewed)
            elif not isinstance(refused, RateLimited) or attempt == TRIES - 1:
                raise refused
        raise ProviderUnavailable("Microsoft cannot be reached just now.")

    def _absolute(self, url: str) -> str:
        if url.startswith("/"):
            return self.root + url
        asked, ours = urlsplit(url), urlsplit(self.root)
        if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc):
            raise ProtocolError(f"Microsoft gave a link to another server ({asked.netloc}): it is not followed.")
        return url


def decoded(decode: Callable[[bytes], T], body: bytes) -> T:
    """Decode an answer.

    Raises:
        ProtocolError: it is not what Graph is documented to answer.
    """
    try:
        return decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"Microsoft gave an answer keepwarm cannot read: {error}.") from error
