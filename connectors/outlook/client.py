"""Asking Graph: one kept connection, the account's pace, a fresh token when one has run out, the port's errors."""

import atexit
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.errors import ConnectorError, ProtocolError, ProviderUnavailable, RateLimited, TokenRevoked
from connectors.outlook.errors import Unauthorised, graph_error
from connectors.outlook.pacing import Pacer

#: Seconds to wait for a connection, and for an answer.
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
#: Connections that stay open, and for how many seconds: opening one takes longer than most requests.
KEPT = httpx.Limits(max_keepalive_connections=20, keepalive_expiry=90)
#: How often one request is made while Graph answers with pauses that are sat out.
TRIES = 6
#: The parts Graph takes in one batch.
BATCH = 20
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


class Part(msgspec.Struct, frozen=True):
    """One answer of a batch."""

    id: str
    status: int
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Batch(msgspec.Struct, frozen=True):
    responses: list[Part]


_decode_batch = msgspec.json.Decoder(_Batch).decode


def http_client() -> httpx.Client:
    """The HTTP client of this process: every account and folder shares its kept connections.

    It trusts what SSL_CERT_FILE or REQUESTS_CA_BUNDLE names, else the usual authorities.
    """
    return _client(os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE"))


@cache
def _client(bundle: str | None) -> httpx.Client:
    context = ssl.create_default_context(cafile=bundle) if bundle else httpx.create_ssl_context()
    client = httpx.Client(verify=context, timeout=TIMEOUT, limits=KEPT)
    atexit.register(client.close)
    return client


class GraphClient:
    """Reads from one account; every request is a GET, or a batch of them."""

    def __init__(self, root: str, tokens: Tokens, *, http: httpx.Client, pacer: Pacer) -> None:
        """Ask the Graph at `root` (".../v1.0")."""
        self.root = root.rstrip("/")
        self.tokens = tokens
        self.http = http
        self.pacer = pacer

    def get(self, url: str, *, scope: str, prefer: Sequence[str] = ()) -> bytes:
        """The body of one answer; `url` is a path below the root, or a link that Graph gave.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        return self._ask("GET", self._absolute(url), scope=scope, headers={"Prefer": ", ".join((IMMUTABLE, *prefer))})

    def batch(self, paths: Sequence[str], *, scope: str) -> list[Part]:
        """The answers to GETs of `paths`, in their order; parts that are told to wait are asked again.

        Parts may end with any status but 401, 429 and 5xx.

        Raises:
            ConnectorError: as connectors.outlook.errors has it.
        """
        answers: dict[str, Part] = {}
        renewed = False
        for at in range(0, len(paths), BATCH):
            waiting = {str(index): paths[index] for index in range(at, min(at + BATCH, len(paths)))}
            for _ in range(TRIES):
                refused = self._parts(waiting, answers, scope=scope)
                if not waiting:
                    break
                if isinstance(refused, Unauthorised):
                    renewed = self._renew(refused, renewed=renewed)
            else:
                raise refused or ProtocolError("Microsoft left parts of a batch without an answer.")
        return [answers[str(index)] for index in range(len(paths))]

    def _renew(self, refused: Unauthorised, *, renewed: bool) -> bool:
        """Get a new token, once."""
        if renewed:
            raise TokenRevoked(str(refused)) from refused
        self.tokens.renew(refused.claims)
        return True

    def _parts(self, waiting: dict[str, str], answers: dict[str, Part], *, scope: str) -> ConnectorError | None:
        """Ask for what is waiting, move what was answered, and say why the rest was not."""
        asked = {"method": "GET", "headers": {"Prefer": IMMUTABLE}}
        body = msgspec.json.encode({"requests": [{"id": id_, "url": path, **asked} for id_, path in waiting.items()]})
        raw = self._ask(
            "POST", f"{self.root}/$batch", scope=scope, headers={"Content-Type": "application/json"}, body=body
        )
        refused = None
        for part in decoded(_decode_batch, raw).responses:
            if part.status in {401, 429} or part.status >= 500:
                named = {name.lower(): value for name, value in part.headers.items()}
                refused = graph_error(part.status, named, bytes(part.body), scope=scope)
                if isinstance(refused, RateLimited):
                    self.pacer.pause(refused.retry_after)
            elif part.id in waiting:
                answers[part.id] = part
                del waiting[part.id]
        return refused

    def _ask(
        self, method: str, url: str, *, scope: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> bytes:
        renewed = broken = False
        for attempt in range(TRIES):
            bearer = self.tokens.bearer()
            with self.pacer.slot():
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
                    self.pacer.pause(refused.retry_after)  # inside the slot: nobody slips in between
            if isinstance(refused, Unauthorised):
                renewed = self._renew(refused, renewed=renewed)
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
