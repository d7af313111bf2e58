"""Asking the DNS where a domain has its mail and calendars: MX, SRV (RFC 6186, RFC 6764, RFC 8314), TXT."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import idna

from connectors.errors import ProviderUnavailable

#: Seconds that one question may take, repetitions included.
PATIENCE = 8.0


class Target(NamedTuple):
    """A server that an SRV record names."""

    host: str
    port: int


class Names(Protocol):
    """What the DNS is asked here; every answer is in the order in which it is to be used, empty where there is none."""

    def mx(self, domain: str) -> Sequence[str]:
        """Where a domain's mail is brought."""
        ...

    def srv(self, service: str, domain: str) -> Sequence[Target]:
        """Where a domain has a service such as _imaps._tcp."""
        ...

    def text(self, service: str, domain: str) -> Sequence[str]:
        """What a domain says of a service."""
        ...


class Dns:
    """The DNS, asked through this machine's own resolvers, or through `server` ("host:port")."""

    def __init__(self, server: str = "") -> None:
        self.server = server
        self._resolver: Any = None

    def mx(self, domain: str) -> Sequence[str]:
        """Where a domain's mail is brought.

        Raises:
            ProviderUnavailable: the DNS doesn't answer.
        """
        found = sorted(self._ask(domain, "MX"), key=lambda each: (each.preference, str(each.exchange)))
        return [host for each in found if (host := _plain(each.exchange))]

    def srv(self, service: str, domain: str) -> Sequence[Target]:
        """Where a domain has a service; a lone "." says that it has none (RFC 2782).

        Raises:
            ProviderUnavailable: the DNS doesn't answer.
        """
        found = sorted(self._ask(f"{service}.{_ascii(domain)}", "SRV"), key=lambda each: (each.priority, -each.weight))
        return [Target(host, int(each.port)) for each in found if (host := _plain(each.target))]

    def text(self, service: str, domain: str) -> Sequence[str]:
        """What a domain says of a service.

        Raises:
            ProviderUnavailable: the DNS doesn't answer.
        """
        found = self._ask(f"{service}.{_ascii(domain)}", "TXT")
        return [b"".join(each.strings).decode("utf-8", "replace") for each in found]

    def _ask(self, name: str, kind: str) -> list[Any]:
        import dns.exception
        import dns.resolver

        try:
            if self._resolver is None:
                self._resolver = self._made(dns.resolver)
            return list(self._resolver.resolve(_ascii(name), kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise ProviderUnavailable("network.lookup_failed", host=name) from error

    def _made(self, resolver: Any) -> Any:
        made = resolver.Resolver(configure=not self.server)
        made.lifetime = PATIENCE
        if self.server:
            host, _, port = self.server.rpartition(":")
            made.nameservers, made.port = [host.strip("[]")], int(port)
        return made


def _plain(name: Any) -> str:
    return str(name).rstrip(".").lower()


def _ascii(name: str) -> str:
    """Write a name as the DNS has it."""
    try:
        return name if name.isascii() else idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        return name.encode("ascii", "replace").decode()
