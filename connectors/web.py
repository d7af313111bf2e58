"""HTTP to servers that people name themselves: https, checked addresses, bounded answers, and no secret in any log.

It speaks through httpx's transport rather than its client: the client writes every address it asks into the log, and
here an address may be the secret itself.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urljoin
from weakref import finalize

import httpx

from connectors.errors import ProtocolError, ProviderUnavailable
from connectors.network import ANSWER, CONNECT, endpoints, trust
from connectors.refusals import LOOPBACK

#: Bytes of one answer, unpacked: as much of a calendar as is read together, and one more.
LARGEST = (64 << 20) + 1
MOST_REDIRECTS = 5
_TIMEOUT = {"connect": CONNECT, "read": ANSWER, "write": ANSWER, "pool": CONNECT}
_REDIRECTS = {301, 302, 303, 307, 308}


class Answer(NamedTuple):
    """One answer: headers by lower-case name, the body up to LARGEST bytes, and the address that gave it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass
class Web:
    """Kept connections to such servers; without `private` only to those in public networks (connectors.network)."""

    private: bool = True
    transport: httpx.HTTPTransport = field(default_factory=lambda: httpx.HTTPTransport(verify=trust()))

    def __post_init__(self) -> None:
        # unlike __del__, it runs before the connections themselves are freed, also where all of it is freed at once
        finalize(self, self.transport.close)

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", elsewhere: bool = False
    ) -> Answer:
        """Send one request and follow its redirects: on the same host, with `elsewhere` to kindred hosts too.

        Raises:
            ProtocolError: the address is not one to ask, or leads to another server.
            ProviderUnavailable: there is no answer.
        """
        at = url
        for _ in range(MOST_REDIRECTS):
            answer = self._once(method, at, headers, body)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not target:
                return answer
            before, at = at, urljoin(at, target)
            if not (same_host(before, at) or (elsewhere and kindred(before, at))):
                raise ProtocolError("network.other_host", host=_host(url), other=_host(at))
        raise ProtocolError("network.endless_redirects", host=_host(url))

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        asked = checked(url)
        port = asked.port or (443 if asked.scheme == "https" else 80)
        refused = ""  # words alone: an error that is kept keeps this frame, and its connections, from being freed
        for endpoint in endpoints(asked.host, port, private=self.private):
            # The checked address is asked, under the server's name.
            request = httpx.Request(
                method,
                asked.copy_with(host=endpoint.address[0], port=asked.port, fragment=None),
                headers={"Host": asked.netloc.decode(), "User-Agent": "keepwarm", **headers},
                content=body or None,
                extensions={"timeout": _TIMEOUT, "sni_hostname": asked.host},
            )
            try:
                return self._read(self.transport.handle_request(request), url)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refused = str(error)
            except httpx.HTTPError as error:
                refused = str(error)
                break
        if "CERTIFICATE_VERIFY_FAILED" in refused:
            raise ProtocolError("network.untrusted", host=asked.host)
        raise ProviderUnavailable("network.unreachable", host=asked.host)

    @staticmethod
    def _read(response: httpx.Response, url: str) -> Answer:
        with closing(response):
            kept = bytearray()
            for chunk in response.iter_bytes():
                kept += chunk
                if len(kept) > LARGEST:
                    del kept[LARGEST:]
                    break
            return Answer(response.status_code, dict(response.headers), bytes(kept), url)


def checked(url: str) -> httpx.URL:
    """Read an address that may be asked: https, or http on this machine.

    Raises:
        ProtocolError: it is none.
    """
    try:
        asked = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise ProtocolError("network.not_an_address") from None
    if not asked.host or not (asked.scheme == "https" or (asked.scheme == "http" and asked.host in LOOPBACK)):
        raise ProtocolError("network.https_only")
    return asked


def same_host(one: str, other: str) -> bool:
    """Whether two addresses are of one server; the way to it may become safer, never the other way round."""
    a, b = httpx.URL(one), httpx.URL(other)
    return a.host == b.host and ((a.scheme, a.port) == (b.scheme, b.port) or (a.scheme, b.scheme) == ("http", "https"))


def kindred(one: str, other: str) -> bool:
    """Whether a provider may hand a sign-in from one of its servers on to another: both under one domain of its own."""
    a, b = httpx.URL(one), httpx.URL(other)
    if b.scheme != "https":
        return False
    above = a.host.partition(".")[2]
    labels = above.split(".")
    # Under "co.uk" or "com.au" stand strangers.
    owned = len(labels) > 2 or (len(labels) == 2 and len(labels[0]) > 3)
    return b.host.endswith(f".{a.host}") or (owned and (b.host == above or b.host.endswith(f".{above}")))


def _host(url: str) -> str:
    return httpx.URL(url).host
