"""Connections to servers that people name themselves: where they may lead, and how they are secured."""

import ipaddress
import os
import socket
import ssl
from functools import lru_cache
from typing import NamedTuple

import certifi

from connectors.errors import ProtocolError, ProviderUnavailable

#: Seconds to wait for a connection, and for each answer.
CONNECT, ANSWER = 15.0, 60.0
#: Where IPv6 addresses stand for IPv4 ones that a gateway knows (RFC 6052, RFC 8215).
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class Endpoint(NamedTuple):
    """One checked address of a host, as the socket module wants it."""

    family: socket.AddressFamily
    address: tuple[str, int]

    @property
    def loopback(self) -> bool:
        """Whether it is this machine."""
        return ipaddress.ip_address(self.address[0]).is_loopback


def endpoints(host: str, port: int, *, private: bool) -> list[Endpoint]:
    """Resolve a host; without `private` every address that is not public is refused.

    Where several people share an installation, the name of a server must not open the network it stands in (SSRF).
    Connect to what is returned, not to the name: the name may mean another address the next time it is asked.

    Raises:
        ProtocolError: the host has no address that may be used.
        ProviderUnavailable: it cannot be resolved just now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise ProviderUnavailable("network.lookup_failed", host=host) from error
        raise ProtocolError("network.unknown_host", host=host) from error
    except (UnicodeError, OverflowError) as error:
        raise ProtocolError("network.not_a_host", host=host) from error
    known = dict.fromkeys(Endpoint(family, (str(place[0]), port)) for family, _, _, _, place in found)
    allowed = [each for each in known if private or public(each.address[0])]
    if not allowed:
        raise ProtocolError("network.private", host=host)
    return allowed


def public(address: str) -> bool:
    """Whether an IP address can be reached by everyone: not private, loopback, link-local, mapped or multicast."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _TRANSLATED)


def dial(host: str, port: int, *, private: bool, timeout: float = CONNECT) -> tuple[socket.socket, Endpoint]:
    """Open a connection to the first address of a host that answers.

    Raises:
        ConnectorError: none does, or none may be used.
    """
    for endpoint in endpoints(host, port, private=private):
        try:
            connection = socket.create_connection(endpoint.address, timeout=timeout)
        except OSError:
            continue
        connection.settimeout(ANSWER)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, endpoint
    raise ProviderUnavailable("network.no_answer", host=host, port=port)


def trust() -> ssl.SSLContext:
    """Verify servers against what SSL_CERT_FILE or REQUESTS_CA_BUNDLE names, else the usual authorities."""
    return _trusting(os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())


@lru_cache(maxsize=8)
def _trusting(bundle: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)
