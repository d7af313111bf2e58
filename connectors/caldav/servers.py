"""Where the calendars of an address are, for providers known by their domain (pure)."""

from urllib.parse import quote

from connectors.errors import ProtocolError

_BY_DOMAIN = {
    "https://caldav.icloud.com/": "icloud.com me.com mac.com",
    "https://caldav.fastmail.com/dav/principals/user/{address}/": "fastmail.com fastmail.fm",
    "https://caldav.calendar.yahoo.com/": "yahoo.com yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.uk ymail.com",
    "https://caldav.gmx.net/begenda/dav/{address}/": "gmx.net gmx.de gmx.at gmx.ch",
    "https://caldav.web.de/begenda/dav/{address}/": "web.de",
    "https://dav.mailbox.org/": "mailbox.org",
    "https://posteo.de:8443/": "posteo.de posteo.net posteo.eu",
}
SERVERS = {domain: url for url, domains in _BY_DOMAIN.items() for domain in domains.split()}
_GOOGLE = frozenset(("gmail.com", "googlemail.com"))


def server_of(address: str) -> str:
    """Give where to begin for an address.

    Raises:
        ProtocolError: it is not known, or takes no password; with what to do.
    """
    domain = address.rpartition("@")[2].lower()
    if domain in SERVERS:
        return SERVERS[domain].format(address=quote(address))
    if domain in _GOOGLE:
        raise ProtocolError("calendar.google_by_address")
    raise ProtocolError("calendar.unknown_provider", domain=domain)
