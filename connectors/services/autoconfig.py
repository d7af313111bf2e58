"""What a domain publishes for mail programs: Thunderbird's config-v1.1.xml, as servers and databases give it (pure)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.services.known import Service, Way, of_imap

#: How autoconfig calls what keepwarm does; a server without encryption is not used.
_SECURITY = {"SSL": "tls", "STARTTLS": "starttls"}
_OAUTH = "OAuth2"


def read(body: bytes, address: str) -> Service | None:
    """Read where the mail of an address is, by the first encrypted IMAP server that is named; None without one."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    provider = root.find("emailProvider")
    if root.tag != "clientConfig" or provider is None:
        return None
    name = _text(provider, "displayShortName", address) or _text(provider, "displayName", address)
    return next(_services(provider, name or "your provider", address), None)


def _services(provider: Element, name: str, address: str) -> Iterator[Service]:
    for server in provider.findall("incomingServer"):
        host = _text(server, "hostname", address).lower()
        port = _text(server, "port", address)
        security = _SECURITY.get(_text(server, "socketType", address))
        if server.get("type") != "imap" or security is None or not _host(host) or not port.isdecimal():
            continue
        known = of_imap(host)
        if known is not None and known.way is not Way.PASSWORD:
            yield known
            return
        ways = {(each.text or "").strip() for each in server.findall("authentication")}
        if ways == {_OAUTH}:
            continue
        yield Service(
            name=name[:60], way=Way.PASSWORD, imap=host, port=min(int(port[:5]), 65535), security=security,
            login=_text(server, "username", address) or address, caldav=_calendar(provider, address),
            password="your email password, or an app password if your provider has them",  # noqa: S106 - where it is
        )  # fmt: skip


def _calendar(provider: Element, address: str) -> str:
    for calendar in (*provider.findall("calendar"), *provider.findall("../calendar")):
        url = _text(calendar, "serverURL", address)
        if calendar.get("type") == "caldav" and url.startswith("https://"):
            return url
    return ""


def _text(parent: Element, tag: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    said = " ".join((parent.findtext(tag) or "").split())
    for name, value in (("EMAILADDRESS", address), ("EMAILLOCALPART", local), ("EMAILDOMAIN", domain)):
        said = said.replace(f"%{name}%", value)
    return said


def _host(name: str) -> bool:
    """Whether it can be the name of a server: not an address in someone's network, nor anything else."""
    labels = name.split(".")
    return (
        len(labels) > 1
        and not labels[-1].isdecimal()
        and all(one and one.replace("-", "").isalnum() and one.isascii() for one in labels)
    )
