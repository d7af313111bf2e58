"""The bodies of the six requests keepwarm has for a CalDAV server (pure): all of them read.

RFC 4918 (PROPFIND), RFC 5397 (principal), RFC 4791 (home, multiget), RFC 6578 (sync-collection). No limit is ever asked
for: servers that know it cut the answer and skip what they left out.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

_NAMES = (
    'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/" '
    'xmlns:A="http://apple.com/ns/ical/"'
)


def _propfind(*properties: str) -> bytes:
    asked = "".join(f"<{name}/>" for name in properties)
    return f'<?xml version="1.0" encoding="utf-8"?><propfind {_NAMES}><prop>{asked}</prop></propfind>'.encode()


PRINCIPAL = _propfind("current-user-principal", "C:calendar-home-set")
HOME = _propfind("C:calendar-home-set", "C:calendar-user-address-set", "displayname")
CALENDARS = _propfind("resourcetype", "displayname", "owner", "C:supported-calendar-component-set")
CHANGED = _propfind("S:getctag", "sync-token")
MEMBERS = _propfind("getetag", "resourcetype")


def sync_collection(token: str) -> bytes:
    """Ask for what has changed since a token, everything with an empty one."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><sync-collection {_NAMES}><sync-token>{escape(token)}</sync-token>'
        "<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>"
    ).encode()


def multiget(hrefs: Iterable[str]) -> bytes:
    """Ask for the content of these members."""
    wanted = "".join(f"<href>{escape(href)}</href>" for href in hrefs)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><C:calendar-multiget {_NAMES}><prop><getetag/><C:calendar-data/></prop>'
        f"{wanted}</C:calendar-multiget>"
    ).encode()
