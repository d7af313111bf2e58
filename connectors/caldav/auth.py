"""What opens a CalDAV account: the server's address, a user name and a password; kept sealed as one secret."""

from dataclasses import dataclass, field, replace
from secrets import token_hex
from threading import Lock
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from connectors.base import Grant
from connectors.caldav.api.client import Dav
from connectors.caldav.discovery import calendars, home_of
from connectors.errors import NeedsReauthorisation, ProtocolError
from connectors.sealed import Sealable, read_secret
from connectors.web import Web, checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Sealable):
    """One account: `address` is the person's, `user` what the server calls them, `url` where to begin.

    `attempt` is new whenever the person connects: what a server refused before is then asked once more.
    """

    address: str
    url: str
    user: str
    password: str = field(repr=False)
    attempt: str = ""


def access_of(secret: str) -> Access:
    """Read what `encoded` gave.

    Raises:
        ProtocolError: this is something else.
    """
    return read_secret(secret, Access, "calendar.sign_in_unreadable")


def address_of(server: str) -> str:
    """Read a server's name or address as it is typed.

    Raises:
        ProtocolError: it is not https.
    """
    url = server.strip()
    return str(checked(url if "://" in url else f"https://{url}/"))


_SHARED: WeakValueDictionary[tuple[Access, bool], Dav] = WeakValueDictionary()
_SHARING = Lock()


def dav_of(access: Access, *, private: bool) -> Dav:
    """Return the client that all connectors of an account share in this process, as long as one of them lives."""
    with _SHARING:
        dav = _SHARED.get((access, private))
        if dav is None:
            dav = _SHARED[access, private] = Dav(Web(private=private), access.url, access.user, access.password)
        return dav


def connect(access: Access, *, private: bool = True) -> Grant:
    """Sign in once and look for calendars.

    Raises:
        NeedsReauthorisation: the server does not take the user name or the password.
        ConnectorError: it can't be asked, or has no calendars.
    """
    if not access.user or not access.password:
        raise NeedsReauthorisation("calendar.password_needed")
    dav = Dav(Web(private=private), access.url, access.user, access.password)
    home = home_of(dav)
    found = calendars(dav, home)
    if not found:
        raise ProtocolError("calendar.no_events", host=urlsplit(access.url).hostname)
    access = replace(access, attempt=token_hex(8))
    aliases = tuple(one for one in home.addresses if one.lower() != access.address.lower())
    return Grant(
        address=access.address, aliases=aliases, scopes=("caldav",), credentials=access.encoded(),
        notes=(f"Calendars: {', '.join(stream.title for stream in found)}.",),
    )  # fmt: skip
