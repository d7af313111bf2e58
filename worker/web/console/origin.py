"""Under which addresses the console answers, and who is really asking (pure).

A browser that was led to another name for this machine (DNS rebinding) is refused: only loopback names and the host of
KEEPWARM_PUBLIC_URL are ours. What a proxy says of the client counts only if that proxy is listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from worker.web.hosts import LOOPBACK, is_ours


@dataclass(frozen=True, slots=True)
class Origin:
    """The address the browser shows: scheme://host[:port]."""

    scheme: str
    netloc: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def host(self) -> str:
        """Its name, without port: what passkeys are bound to."""
        return urlsplit(f"//{self.netloc}").hostname or ""

    @property
    def secure(self) -> bool:
        """Whether cookies may be limited to https."""
        return self.scheme == "https"

    @property
    def named(self) -> bool:
        """Whether passkeys can be bound to it: to a name, never to a bare address (WebAuthn 2, 5.1.2)."""
        return not self.host.replace(".", "").isdecimal() and ":" not in self.host

    @property
    def loopback(self) -> bool:
        """Whether it is this machine by itself."""
        return self.host in LOOPBACK


def origin_of(host: str, public_url: str) -> Origin | None:
    """Say which of our addresses a request's Host header names; None if it is none of them.

    Args:
        host: the Host header as it came.
        public_url: KEEPWARM_PUBLIC_URL, "" where there is none.
    """
    public = urlsplit(public_url)
    if public.netloc and host.lower() == public.netloc.lower():
        return Origin(public.scheme, public.netloc)
    if not is_ours(host, ""):
        return None
    parts = urlsplit(f"//{host.lower()}")
    named, port = parts.hostname or "", parts.port
    shown = f"[{named}]" if ":" in named else named
    return Origin("http", f"{shown}:{port}" if port else shown)


def is_listed(peer: str, proxies: Sequence[str]) -> bool:
    """Whether a connection comes from a proxy that is trusted; each is an address or a network."""
    try:
        address = ip_address(peer)
        return any(address in ip_network(one, strict=False) for one in proxies)
    except ValueError:
        return False


def client_of(peer: str, forwarded_for: str, proxies: Sequence[str]) -> str:
    """Say who is asking: the last address that no listed proxy has, walking back from the connection itself."""
    chain = [*(part.strip() for part in forwarded_for.split(",") if part.strip()), peer]
    while len(chain) > 1 and is_listed(chain[-1], proxies):
        chain.pop()
    return chain[-1][:64]
