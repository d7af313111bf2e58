"""A calendar file behind a secret address, served on loopback and edited from outside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.ical.auth import Feeds, feed_of
from connectors.ical.connector import IcalConnector
from tests.sandbox.http import Request, Response, Server

ME = "mira@mail.example"
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def event(uid: str, at: datetime, *lines: str, people: Iterable[str] = ("ann@example.org",)) -> str:
    """One VEVENT of an hour."""
    invited = [f"ATTENDEE;PARTSTAT=ACCEPTED;CN=Ann:mailto:{address}" for address in people]
    return "\r\n".join((
        "BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{at:%Y%m%dT%H%M%SZ}", f"DTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
        f"ORGANIZER:mailto:{ME}", *invited, f"SUMMARY:Meeting {uid}", *lines, "END:VEVENT",
    ))  # fmt: skip


@dataclass
class Published:
    """What the server shows: `events` by UID, or `body` in their place; and what it was asked."""

    events: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etags: bool = False
    cut: bool = False
    stamp: int = 0  # when this copy was made, as Google writes it into every event
    asked: list[Request] = field(default_factory=list)
    now: datetime = NOW

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        if self.status != 200:
            return Response(self.status, b"", self.headers)
        self.stamp += 1
        content = self.body if self.body is not None else self.text()
        etag = f'"{hash(tuple(sorted(self.events.items())))}"' if self.etags else ""
        if etag and request.headers.get("if-none-match") == etag:
            return Response(304)
        return Response(
            200,
            content,
            {"Content-Type": "text/calendar", **({"ETag": etag} if etag else {}), **self.headers},
            self.cut,
        )

    def text(self) -> bytes:
        made = (self.now + timedelta(seconds=self.stamp)).strftime("%Y%m%dT%H%M%SZ")
        events = [each.replace("END:VEVENT", f"DTSTAMP:{made}\r\nEND:VEVENT") for each in self.events.values()]
        return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:PUBLISH", *events, "END:VCALENDAR", "")).encode()

    def add(self, uid: str, at: datetime, *lines: str, people: Iterable[str] = ("ann@example.org",)) -> None:
        self.events[uid] = event(uid, at, *lines, people=people)


class Subscribed:
    """A person who has the address of it; each connector looks an hour after the last."""

    def __init__(self, published: Published, server: Server, path: str = "/private/basic.ics") -> None:
        self.published = published
        self.url = f"http://127.0.0.1:{server.port}{path}"
        self.secret = Feeds(ME).adding(feed_of(self.url)).encoded()

    def connector(self, *, page: int = 1000) -> IcalConnector:
        self.published.now += timedelta(hours=1)
        now = self.published.now
        return IcalConnector(self.secret, clock=lambda: now, page=page)
