"""What has changed in a collection: by sync token, and where there is none or it is refused, by all versions."""

from dataclasses import dataclass, field

from connectors.caldav.api import requests
from connectors.caldav.api.client import Dav
from connectors.caldav.api.multistatus import CALDAV, CS, DAV, Multistatus, path_of
from connectors.caldav.errors import NotSupported, TokenUnknown
from connectors.caldav.position import Position, name_of
from connectors.errors import AccessDenied, ProtocolError, ProviderUnavailable

#: Answers that one listing may be cut into.
MOST_PARTS = 1000


@dataclass
class Listing:
    """Versions by address of what is there or has changed, the names of what is gone, and where to go on from."""

    versions: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    token: str = ""
    ctag: str = ""


def listing(dav: Dav, url: str, at: Position) -> Listing:
    """List what has changed in the collection at `url` since `at`.

    Raises:
        NotThere: the collection is gone.
        ConnectorError: the server can't be asked.
    """
    if at.whole and not at.token:
        return _by_version(dav, url, at)
    if at.token and not at.owes:
        try:
            return _since(dav, url, at.token)
        except (TokenUnknown, ProviderUnavailable):
            pass  # some answer a strange token with 500: whether the server is down shows at once
        except (NotSupported, AccessDenied):
            return _by_version(dav, url, at)
    try:
        found = _since(dav, url, "")
    except (NotSupported, AccessDenied, TokenUnknown):
        return _by_version(dav, url, at)
    return _compared(dav, url, at, found)


def _since(dav: Dav, url: str, token: str) -> Listing:
    found = Listing(token=token)
    own = path_of(url, url)
    for _ in range(MOST_PARTS):
        part = dav.report(url, requests.sync_collection(found.token), depth=0)
        _take(found, part, own)
        if not part.token:
            raise NotSupported("calendar.no_sync_token")
        if part.cut and part.token == found.token:
            raise ProtocolError("calendar.list_cut")
        found.token = part.token
        if not part.cut:
            return found
    raise ProtocolError("calendar.endless_list")


def _take(found: Listing, part: Multistatus, own: str) -> None:
    for member in part.members:
        if member.href.rstrip("/") == own.rstrip("/"):  # iCloud names the collection among its members
            continue
        if member.status in {404, 410}:
            found.versions.pop(member.href, None)
            found.gone.add(name_of(member.href))
        elif member.status == 200:
            found.gone.discard(name_of(member.href))
            found.versions[member.href] = member.text(f"{DAV}getetag") or "?"


def _compared(dav: Dav, url: str, at: Position, found: Listing) -> Listing:
    """Make a whole list one of changes; an empty one is only believed if the members are counted another way."""
    if not found.versions and at.members:
        return _by_version(dav, url, at)
    found.gone |= at.members.keys() - set(map(name_of, found.versions))
    return found


def _by_version(dav: Dav, url: str, at: Position) -> Listing:
    own = path_of(url, url).rstrip("/")
    said, _ = dav.propfind(url, requests.CHANGED, depth=0)
    ctag = next((tag for member in said.members if (tag := member.text(f"{CS}getctag"))), "")
    if at.whole and ctag and ctag == at.ctag and not at.owes:
        return Listing(ctag=ctag)
    part, _ = dav.propfind(url, requests.MEMBERS, depth=1)
    if all(member.href.rstrip("/") != own for member in part.members):
        raise ProviderUnavailable("calendar.nothing_listed")
    found = Listing(ctag=ctag)
    for member in part.members:
        folder = f"{DAV}collection" in member.kinds() or f"{CALDAV}calendar" in member.kinds()
        if member.href.rstrip("/") != own and not folder and member.status == 200:
            found.versions[member.href] = member.text(f"{DAV}getetag") or "?"
    found.gone = at.members.keys() - set(map(name_of, found.versions))
    return found
