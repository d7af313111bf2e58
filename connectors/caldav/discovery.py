"""From an address to a person's calendars: principal, home, collections (RFC 6764, RFC 5397, RFC 4791)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from connectors.addresses import mailboxes
from connectors.base import Stream
from connectors.caldav.api import requests
from connectors.caldav.api.client import Dav
from connectors.caldav.api.multistatus import CALDAV, CS, DAV, Member, path_of
from connectors.caldav.errors import NotSupported, NotThere
from connectors.errors import AccessDenied, ProtocolError
from connectors.text import clean
from models.enums import StreamKind

#: A stream's name is one of these, a slash and the collection's address.
OWN, SHARED = "own", "shared"
#: What holds calendars but is none: scheduling, subscriptions, a trash bin.
_NONE = {f"{CALDAV}schedule-inbox", f"{CALDAV}schedule-outbox", f"{CS}subscribed", f"{CS}notification"}
_DELETED = "deleted-calendar"


@dataclass(frozen=True, slots=True)
class Home:
    """Where a person's calendars lie, who they are there, and the addresses the server knows them by."""

    url: str
    principal: str
    addresses: tuple[str, ...] = ()


def home_of(dav: Dav) -> Home:
    """Find a person's calendars, from the address given or the well-known one.

    Raises:
        ProtocolError: there are none.
        ConnectorError: the server can't be asked.
    """
    for url in _beginnings(dav.url):
        try:
            found, at = dav.propfind(url, requests.PRINCIPAL, depth=0)
        except (NotSupported, NotThere, AccessDenied):
            continue
        for member in found.members:
            principals = member.hrefs(f"{DAV}current-user-principal")
            if principals:
                return _home(dav, urljoin(at, principals[0]))
            homes = member.hrefs(f"{CALDAV}calendar-home-set")
            if homes:
                return Home(urljoin(at, homes[0]), urljoin(at, member.href))
    raise ProtocolError("calendar.no_calendars", host=urlsplit(dav.url).hostname)


def calendars(dav: Dav, home: Home) -> Sequence[Stream]:
    """Every collection that holds events, one's own first.

    Raises:
        ConnectorError: the server can't be asked.
    """
    found, at = dav.propfind(home.url, requests.CALENDARS, depth=1)
    streams = {stream.name: stream for member in found.members if (stream := _stream(member, at, home))}
    return sorted(streams.values(), key=lambda stream: stream.name)


def collection_of(stream: Stream) -> tuple[bool, str]:
    """Return whether a stream is the person's own calendar, and its address.

    Raises:
        ProtocolError: it is none of CalDAV's.
    """
    kind, _, url = stream.name.partition("/")
    if kind not in {OWN, SHARED} or not url.startswith(("https://", "http://")):
        raise ProtocolError("calendar.not_a_calendar", title=stream.title)
    return kind == OWN, url


def _beginnings(url: str) -> Iterator[str]:
    given = urlsplit(url).path
    if given.strip("/"):
        yield url
    yield urljoin(url, "/.well-known/caldav")
    if not given.strip("/"):
        yield urljoin(url, "/")


def _home(dav: Dav, principal: str) -> Home:
    found, at = dav.propfind(principal, requests.HOME, depth=0)
    for member in found.members:
        homes = member.hrefs(f"{CALDAV}calendar-home-set")
        if homes:
            said = member.hrefs(f"{CALDAV}calendar-user-address-set")
            boxes = [box.address for one in said for box in mailboxes(unquote(one).removeprefix("mailto:"))]
            return Home(urljoin(at, homes[0]), at, tuple(dict.fromkeys(boxes)))
    raise ProtocolError("calendar.none_of_yours", host=urlsplit(principal).hostname)


def _stream(member: Member, at: str, home: Home) -> Stream | None:
    kinds = member.kinds()
    if f"{CALDAV}calendar" not in kinds or kinds & _NONE or any(kind.endswith(_DELETED) for kind in kinds):
        return None
    components = member.properties.get(f"{CALDAV}supported-calendar-component-set")
    if (
        components is not None
        and len(components)
        and all(one.get("name", "").upper() != "VEVENT" for one in components)
    ):
        return None
    url = urljoin(at, member.href)
    owners = member.hrefs(f"{DAV}owner")
    own = not owners or path_of(owners[0], at).rstrip("/") == path_of(home.principal, at).rstrip("/")
    title = clean(member.text(f"{DAV}displayname"), 200) or unquote(url.rstrip("/").rpartition("/")[2])
    return Stream(StreamKind.CALENDAR, f"{OWN if own else SHARED}/{quote(url, safe=':/%@?=&+~')}", clean(title))
