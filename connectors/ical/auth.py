"""The secret addresses of a person's calendars, kept sealed as one secret."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

from connectors.addresses import mailboxes
from connectors.base import Grant
from connectors.errors import NeedsReauthorisation
from connectors.ical.feed import fetched
from connectors.sealed import Sealable, read_secret
from connectors.vcalendar.read import records
from connectors.web import Web, checked
from models.records import MeetingRecord

_GOOGLE = re.compile(r"/calendar/ical/([^/]+)/private-[^/]+/")
NAMES_NOBODY = (
    "This address doesn't show whom you met, so it tells keepwarm nothing about people. Outlook's published calendars "
    "are like that: connect the account itself, or a calendar file."
)


@dataclass(frozen=True, slots=True)
class Feed:
    """One calendar: its secret address, and the name that stays when the address is reset."""

    url: str = field(repr=False)
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Feeds(Sealable):
    """All secret addresses of one person's calendars."""

    address: str
    feeds: tuple[Feed, ...] = ()

    def adding(self, feed: Feed) -> "Feeds":
        """Return them with one more, or with its new address."""
        return Feeds(self.address, (*(one for one in self.feeds if one.name != feed.name), feed))


def feeds_of(secret: str) -> Feeds:
    """Read what `encoded` gave.

    Raises:
        ProtocolError: this is something else.
    """
    return read_secret(secret, Feeds, "calendar.addresses_unreadable")


def feed_of(url: str) -> Feed:
    """Read a secret address as it was copied.

    Raises:
        ProtocolError: it is not https (webcal means the same).
    """
    url = re.sub(r"^webcals?://", "https://", url.strip(), flags=re.IGNORECASE)
    asked = checked(url)
    owner = _GOOGLE.search(asked.path)
    # The token changes when the address is reset; whose calendar it is does not.
    lasting = f"{asked.host}{owner[0].rpartition('/private-')[0]}" if owner else url
    name = blake2b(lasting.encode(), digest_size=12).hexdigest()
    return Feed(url, name, f"calendar at {asked.host}")


def owner_of(url: str) -> str | None:
    """Whose calendar an address says it is: Google's do."""
    found = _GOOGLE.search(urlsplit(url).path)
    boxes = mailboxes(unquote(found[1])) if found else ()
    return boxes[0].address if boxes and not boxes[0].address.endswith("calendar.google.com") else None


def connect(url: str, address: str | None, *, before: str = "", private: bool = True, now: datetime) -> Grant:
    """Fetch a calendar once, and say what it shows; `before` is what is kept of this person's other calendars.

    Raises:
        NeedsReauthorisation: it isn't known whose calendar it is.
        ConnectorError: it can't be fetched, or is no calendar.
    """
    feed = feed_of(url)
    address = address or owner_of(feed.url)
    if address is None:
        raise NeedsReauthorisation("calendar.whose")
    with Web(private=private) as web:
        content = fetched(web, feed.url, feed.title, {}).content
    meetings = [each for each in records([(feed.title, content)], now) if isinstance(each, MeetingRecord)]
    kept = (feeds_of(before) if before else Feeds(address)).adding(feed)
    return Grant(
        address=address, scopes=("calendar address",), credentials=kept.encoded(), notes=tuple(_shown(meetings))
    )


def _shown(meetings: Sequence[MeetingRecord]) -> list[str]:
    people = sum(any(not each.resource for each in one.attendees) for one in meetings)
    if meetings and not people:
        return [NAMES_NOBODY]
    return [f"{people} of its {len(meetings)} events name people."]
