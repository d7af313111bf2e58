"""Asking Graph: one kept connection, the account's rate limit, fresh tokens, retries, and the port's errors."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.errors import ProtocolError, ProviderUnavailable, RateLimited, Transient
from connectors.outlook.api.http import whole_json
from connectors.outlook.errors import GatewayTimeout, Unauthorised, graph_error
from connectors.outlook.rate_limit import RateLimiter

#: How often one request is made while Graph answers with pauses that are waited out.
TRIES = 6
#: How often one request is made while Graph fails, or answers what is not JSON; seconds before the second time.
TRIES_AT_FAILURE, FIRST_PAUSE = 4, 0.5
#: Ids that stay the same when a message is moved.
IMMUTABLE = 'IdType="ImmutableId"'

#: How a path begins that is about the person whose mailbox is read.
ME = "/me"

T = TypeVar("T")


class Tokens(Protocol):
    """Where access tokens come from (connectors.outlook.auth)."""

    def bearer(self) -> str:
        """Return a token that is valid for the next minutes."""
        ...

    def renew(self, claims: str = "") -> str:
        """Return a new token, even if the old one seemed valid."""
        ...

    def covers(self, scope: str) -> bool:
        """Whether the tokens allow what `scope` names."""
        ...


class GraphClient:
    """Asks for one account: a GET, a batch of them (connectors.outlook.api.batch), or a change of a subscription."""

    def __init__(
        self,
        root: str,
        tokens: Tokens,
        *,
        http: httpx.Client,
        limiter: RateLimiter,
        jitter: Callable[[], float] = random.random,
        person: str = ME,
    ) -> None:
        """Ask the Graph at `root` (".../v1.0"); `person` is the path of whoever "/me" means: "/users/ID" elsewhere."""
        self.root = root.rstrip("/")
        self.tokens = tokens
        self.http = http
        self.limiter = limiter
        self.jitter = jitter
        self.person = person

    def get(self, url: str, *, scope: str, prefer: Sequence[str] = ()) -> bytes:
        """GET one answer.

        Args:
            url: a path below the root, or a link that Graph gave.
            scope: the permission the call needs, for the person.
            prefer: more Prefer values beside immutable ids.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        headers = {"Prefer": ", ".join((IMMUTABLE, *prefer))}
        return self._request("GET", self._absolute(url), scope=scope, headers=headers)

    def post(self, path: str, body: bytes, *, scope: str) -> bytes:
        """POST JSON to `path`, where that changes nothing ($batch of GETs).

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        headers = {"Content-Type": "application/json"}
        return self._request("POST", self.root + path, scope=scope, headers=headers, body=body)

    def send(self, method: str, path: str, body: object, *, scope: str) -> bytes:
        """Send `body` as JSON to `path`; None is no body.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        headers = {"Content-Type": "application/json", "Prefer": IMMUTABLE}
        content = None if body is None else msgspec.json.encode(body)
        once = method == "POST"  # what was created in spite of a failure must not be created twice
        return self._request(method, self.root + path, scope=scope, headers=headers, body=content, once=once)

    def recover(self, failure: Transient, attempt: int) -> None:
        """Do what helps against a failure that may pass: renew the token, or wait; `attempt` counts from 0.

        Raises:
            Transient: it has been tried often enough.
            NeedsReauthorisation: renewing the token showed that the sign-in has ended.
        """
        if isinstance(failure, RateLimited):
            if attempt >= TRIES - 1:
                raise failure
            return  # the rate limiter keeps the pause
        if attempt >= TRIES_AT_FAILURE - 1 or isinstance(failure, GatewayTimeout):
            raise failure
        if isinstance(failure, Unauthorised):
            self.tokens.renew(failure.claims)
        if attempt or not isinstance(failure, Unauthorised):
            self.limiter.sleep(FIRST_PAUSE * 2**attempt * (0.5 + self.jitter()))

    def _request(
        self,
        method: str,
        url: str,
        *,
        scope: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        once: bool = False,
    ) -> bytes:
        attempt = 0
        while True:
            bearer = self.tokens.bearer()
            with self.limiter.slot():
                answer = self._answer(method, url, {**headers, "Authorization": f"Bearer {bearer}"}, body, scope)
                if isinstance(answer, RateLimited):
                    self.limiter.pause(answer.retry_after)  # inside the slot: no one slips in between
            if isinstance(answer, bytes):
                return answer
            if once and not isinstance(answer, RateLimited | Unauthorised):
                raise answer
            self.recover(answer, attempt)
            attempt += 1

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, scope: str
    ) -> bytes | Transient:
        """Make one request; give what came, or why nothing did, where that may pass."""
        try:
            answer = self.http.request(method, url, headers=headers, content=body)
        except httpx.RequestError:
            return ProviderUnavailable("microsoft.unreachable")
        if answer.is_success:
            return answer.content if whole_json(answer.content) else _garbled()
        refused = graph_error(answer.status_code, answer.headers, answer.content, scope=scope)
        if isinstance(refused, Transient):
            return refused
        raise refused

    def below_root(self, path: str) -> str:
        """Return a path as it is asked for below the root: about the person this client reads for."""
        about_me = path == ME or path.startswith((f"{ME}/", f"{ME}?"))
        return self.person + path.removeprefix(ME) if about_me else path

    def _absolute(self, url: str) -> str:
        if url.startswith("/"):
            return self.root + self.below_root(url)
        try:
            asked, ours = urlsplit(url), urlsplit(self.root)
        except ValueError as error:
            raise ProtocolError("microsoft.other_server") from error
        if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc):
            raise ProtocolError("microsoft.other_server", detail=asked.netloc)
        return url


def decoded(decode: Callable[[bytes], T], body: bytes) -> T:
    """Decode an answer.

    Raises:
        ProtocolError: it is not what Graph is documented to answer.
    """
    try:
        return decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError("microsoft.unknown_answer", detail=str(error)) from error


def _garbled() -> ProviderUnavailable:
    return ProviderUnavailable("microsoft.not_microsoft")
