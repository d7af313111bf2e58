"""From an address to its service: the table, the MX, what the domain publishes, a public database, SRV records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from connectors.errors import ConnectorError, ProtocolError
from connectors.services import autoconfig
from connectors.services.dns import Names
from connectors.services.known import Service, Way, domain_of, of_domain, of_imap, of_mx, under

#: Gives what lies at an https address, None where there is nothing.
Fetch = Callable[[str], bytes | None]
#: Bytes that a published configuration may have.
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """The service of an address, and how it was found, in words.

    `unproven` names a server of another domain that the DNS alone vouches for: the DNS can be forged, so the person
    has to agree before any password goes there (RFC 6186 6).
    """

    service: Service
    how: str
    unproven: str = ""


def find(address: str, names: Names, fetch: Fetch, database: str) -> Found:
    """Find the service of an address.

    Args:
        address: an email address.
        names: the DNS.
        fetch: how published configurations are fetched.
        database: where a public database of them is, "" for none; it learns the domain and nothing else.

    Raises:
        ProtocolError: nothing is known of the domain; with what to do.
        ProviderUnavailable: the DNS doesn't answer.
    """
    domain = domain_of(address)
    known = of_domain(domain)
    if known is not None:
        return Found(known.of(address), "by its domain")
    exchanges = list(names.mx(domain))
    for host in exchanges:
        served = of_mx(host)
        if served is not None:
            return Found(_with_calendar(served.of(address), names, domain), "by where its mail is delivered")
    for url, how in _published(address, domain, exchanges, database):
        body = fetch(url)
        published = autoconfig.read(body, address) if body and len(body) <= LARGEST else None
        if published is not None:
            return Found(_with_calendar(published.of(address), names, domain), how)
    found = _by_srv(address, names, domain)
    if found is None:
        raise ProtocolError("account.no_service", domain=domain, address=address)
    return found


def _published(address: str, domain: str, exchanges: list[str], database: str) -> Iterator[tuple[str, str]]:
    theirs = "by what its domain publishes for mail programs"
    yield f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}", theirs
    yield f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml", theirs
    if database:
        public = "by the public list of mail providers"
        for name in dict.fromkeys((domain, *(_registered(host) for host in exchanges[:1]))):
            yield f"{database.rstrip('/')}/{name}", public


def _by_srv(address: str, names: Names, domain: str) -> Found | None:
    for kind, security in (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls")):
        for target in names.srv(kind, domain):
            known = of_imap(target.host)
            if known is not None:
                return Found(known.of(address), "by what its domain says in the DNS")
            service = Service(
                name=domain, way=Way.PASSWORD, imap=target.host, port=target.port, security=security,
                password="your email password, or an app password if your provider has them",  # noqa: S106 - where it is
            )  # fmt: skip
            service = _with_calendar(service.of(address), names, domain)
            unproven = "" if under(target.host, domain) else target.host
            return Found(service, "by what its domain says in the DNS", unproven)
    return None


def _with_calendar(service: Service, names: Names, domain: str) -> Service:
    """Add where the calendars are, if the domain says so and they stand where the password goes anyway (RFC 6764)."""
    if service.caldav or service.way is not Way.PASSWORD:
        return service
    try:
        for target in names.srv("_caldavs._tcp", domain):
            if under(target.host, domain) or under(target.host, _registered(service.imap)):
                said = next((one for one in names.text("_caldavs._tcp", domain) if one.startswith("path=/")), "path=/")
                port = "" if target.port == 443 else f":{target.port}"
                return replace(service, caldav=f"https://{target.host}{port}{said.removeprefix('path=')}")
    except ConnectorError:
        pass  # mail goes on without it
    return service


def _registered(host: str) -> str:
    """Give the part of a host's name that its owner has registered, as far as names show: "a.b.co.uk" -> "b.co.uk"."""
    labels = host.split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])
