"""The services in services.toml: by an address's domain, by where its mail is brought, by a server's name (pure)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import quote

from connectors.errors import ProtocolError


class Way(StrEnum):
    """How the accounts of a service are read."""

    GOOGLE = "google"  # an app password and secret addresses, or a project of one's own
    MICROSOFT = "microsoft"  # a sign-in; no password of any kind is taken
    PASSWORD = "password"  # noqa: S105 - the name of a way: IMAP and CalDAV
    BRIDGE = "bridge"  # IMAP through a program on this machine
    FILES = "files"  # exports alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. `caldav` is where to begin, "" where no calendar is known; `login` what the server calls the person.

    `password` and `calendar` say where a person finds the password and the secret address.
    """

    name: str
    way: Way
    imap: str = ""
    port: int = 993
    security: str = "tls"
    login: str = ""
    caldav: str = ""
    password: str = ""
    calendar: str = ""

    def of(self, address: str) -> "Service":
        """Return it for one address."""
        return replace(self, caldav=self.caldav.format(address=quote(address)), login=self.login or address)


@dataclass(frozen=True, slots=True)
class _Entry:
    service: Service
    domains: frozenset[str]
    mx: tuple[str, ...]


@cache
def _entries() -> tuple[_Entry, ...]:
    text = files("connectors.services").joinpath("services.toml").read_text(encoding="utf-8")

    def read() -> Iterator[_Entry]:
        for row in tomllib.loads(text).values():
            domains, mx = str(row.pop("domains", "")).split(), str(row.pop("mx", "")).split()
            yield _Entry(Service(**{**row, "way": Way(row["way"])}), frozenset(domains), tuple(mx))

    return tuple(read())


def of_domain(domain: str) -> Service | None:
    """Find the service whose own domain this is."""
    return next((one.service for one in _entries() if domain in one.domains), None)


def of_mx(host: str) -> Service | None:
    """Find the service that a domain's mail is brought to, by the name of the server that takes it."""
    return next((one.service for one in _entries() if any(under(host, suffix) for suffix in one.mx)), None)


def of_imap(host: str) -> Service | None:
    """Find the service that an IMAP server belongs to."""
    return next((one.service for one in _entries() if one.service.imap == host and one.service.way != Way.BRIDGE), None)


class PasswordPage(NamedTuple):
    """Where a service has its app passwords: a link ("" where none is known), and a note."""

    name: str
    link: str
    note: str


def password_pages() -> list[PasswordPage]:
    """List where the services have their app passwords, each service once, in the table's order."""
    found: dict[str, PasswordPage] = {}
    for service in (entry.service for entry in _entries() if entry.service.password):
        first, _, rest = service.password.partition(" ")
        linked = first.startswith("https://")
        note = rest.removeprefix("(").removesuffix(")") if linked else service.password
        found.setdefault(service.name, PasswordPage(service.name, first if linked else "", note))
    return list(found.values())


def under(host: str, domain: str) -> bool:
    """Whether a host is a domain, or stands below it."""
    return host == domain or host.endswith(f".{domain}")


def imap_server(address: str) -> str:
    """Return the IMAP server of a mailbox whose domain is known.

    Raises:
        ProtocolError: it is not known, or takes no password; with what to do.
    """
    domain = domain_of(address)
    service = of_domain(domain)
    match service:
        case Service(way=Way.MICROSOFT):
            raise ProtocolError("imap.use_outlook")
        case Service(way=Way.BRIDGE):
            raise ProtocolError("imap.proton_bridge")
        case Service(way=Way.FILES):
            raise ProtocolError("imap.only_files", name=service.name)
        case Service():
            return service.imap
    raise ProtocolError("imap.unknown_provider", domain=domain)


def caldav_server(address: str) -> str:
    """Return where the calendars of an address begin, if its domain is known.

    Raises:
        ProtocolError: it is not known, or takes no password; with what to do.
    """
    domain = domain_of(address)
    service = of_domain(domain)
    if service is not None and service.caldav:
        return service.of(address).caldav
    if service is not None and service.way is Way.GOOGLE:
        raise ProtocolError("calendar.google_by_address")
    raise ProtocolError("calendar.unknown_provider", domain=domain)


def domain_of(address: str) -> str:
    """Return an address's domain in lower case."""
    return address.rpartition("@")[2].strip(".").lower()
