"""A Google account as a connector: one stream of mail, and one for each calendar it owns or may write to."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import ClassVar

from connectors.base import Cursor, Page, Stream, Subscription
from connectors.errors import AccessDenied, ProtocolError, ScopeMissing
from connectors.gmail import push
from connectors.gmail.api.calls import Calls
from connectors.gmail.api.client import GmailClient
from connectors.gmail.api.transport import Transport
from connectors.gmail.auth import (
    CALENDARS_SCOPE,
    EVENTS_SCOPE,
    MAIL_SCOPE,
    GoogleEndpoints,
    HeldCredentials,
    StoredCredentials,
)
from connectors.gmail.calendar.client import PAGE_SIZE, CalendarClient, CalendarEntry, readable_calendars
from connectors.gmail.calendar.stream import Calendar
from connectors.gmail.errors import reading_json
from connectors.gmail.mail.stream import Mail
from connectors.gmail.rate_limit import RateLimits, Units
from models.enums import Provider, StreamKind
from models.records import Record

MAIL = Stream(StreamKind.MAIL, "mail", "Gmail")
_CALENDAR = "calendar:"
#: The account's own calendar, by the name Google knows it by without a list.
PRIMARY = CalendarEntry("primary", "Calendar", primary=True, own=True)
#: Calls in a batch: Google allows 100 and recommends no more than 50.
CALLS = 50
#: Ids on a page of a list.
LISTING = 500


class GmailConnector:
    """Reads one account; make one and read many pages with it: a first reading lists all ids again with each object."""

    provider: ClassVar[Provider] = Provider.GMAIL

    def __init__(
        self,
        endpoints: GoogleEndpoints,
        credentials: str | HeldCredentials,
        *,
        save: Callable[[str], None],
        limits: RateLimits | None = None,
        size: int = CALLS,
        listing: int = LISTING,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Read with `credentials` (Grant.credentials); `save` gets new ones whenever they were refreshed.

        `pace` holds the account's quota and should be shared by all connectors of one account in a process.

        Raises:
            ProtocolError: the credentials are unreadable.
        """
        self.endpoints = endpoints
        self.stored: HeldCredentials = (
            StoredCredentials(endpoints, credentials, save=save) if isinstance(credentials, str) else credentials
        )
        self.limits = limits or RateLimits.of(Units())
        self.size = size
        self.listing = listing
        self.clock = clock
        self.transport = Transport(self.stored, ca_bundle=endpoints.ca_bundle, clock=clock)

    def streams(self) -> Sequence[Stream]:
        """The mail, if that was granted, and the calendars, the account's own first.

        Raises:
            ConnectorError: the account cannot be asked.
        """
        scopes = self.stored.scopes
        streams = [MAIL] if MAIL_SCOPE in scopes else []
        if EVENTS_SCOPE not in scopes:
            return streams
        try:
            with reading_json():
                calendars = self._calendars(refresh=True)
        except (AccessDenied, ScopeMissing) as denied:  # a calendar that is off, or denied, never stops mail
            return [*streams, Stream(StreamKind.CALENDAR, f"{_CALENDAR}{PRIMARY.id}", PRIMARY.title, str(denied))]
        return [*streams, *(Stream(StreamKind.CALENDAR, f"{_CALENDAR}{one.id}", one.title) for one in calendars)]

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Everything that happened in `stream` after `cursor`.

        Raises:
            CursorExpired: the cursor is no longer known.
            ConnectorError: see connectors.errors.
        """
        with reading_json():
            if stream.name == MAIL.name:
                yield from self._mail.changes(cursor, since=since)
                return
            calendar = self._calendar(stream)
            yield from Calendar(self._calendar_client, calendar, clock=self.clock).changes(cursor, since=since)

    def fetch(self, stream: Stream, keys: Sequence[str]) -> Iterator[Sequence[Record]]:
        """Fetch mails by key: deferred ones that are wanted now, or such as an audit found missing.

        Raises:
            ConnectorError: see connectors.errors.
        """
        if stream.name != MAIL.name:
            raise ProtocolError("google.only_email")
        with reading_json():
            yield from self._mail.fetch(keys)

    def listed_keys(self, stream: Stream, *, since: datetime) -> Sequence[str]:
        """Every key Gmail shows now, newest first, down to `since`: what an audit compares with what is stored.

        It costs 5 units for 500 mails, so it need not be a sample; what is missing can be fetched.

        Raises:
            ConnectorError: see connectors.errors.
        """
        if stream.name != MAIL.name:
            raise ProtocolError("google.only_email")
        return self._mail.listed_keys(since)

    def watch(self, place: str, secret: str, known: str | None, *, keep: bool) -> Subscription:
        """Have Gmail notify the topic `place` of changes, or renew that; its notifications carry no secret.

        Raises:
            ConnectorError: see connectors.errors.
        """
        del secret, known, keep
        return push.watch(self._mail.client.calls, self.endpoints, place, self.clock())

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    @cached_property
    def _mail(self) -> Mail:
        if MAIL_SCOPE not in self.stored.scopes:
            raise ScopeMissing("google.email_no_longer_allowed", scope=MAIL_SCOPE)
        calls = Calls(self.transport, self.limits.mail, scope=MAIL_SCOPE)
        return Mail(GmailClient(calls, self.endpoints, self.limits.units, listing=self.listing), size=self.size)

    @cached_property
    def _calendar_client(self) -> CalendarClient:
        calls = Calls(self.transport, self.limits.calendar, scope=EVENTS_SCOPE, essential=False)
        return CalendarClient(calls, self.endpoints, size=min(self.listing, PAGE_SIZE))

    def _calendars(self, *, refresh: bool = False) -> list[CalendarEntry]:
        """The calendars to read, asked for once for all connectors of the account; `refresh` asks in any case."""
        if CALENDARS_SCOPE not in self.stored.scopes:
            return [PRIMARY]  # it can be read without being listed

        def ask() -> list[CalendarEntry]:
            return readable_calendars(self._calendar_client.calendars())

        return self.limits.calendars.get(ask, self.clock(), refresh=refresh)

    def _calendar(self, stream: Stream) -> CalendarEntry:
        if stream.name == f"{_CALENDAR}{PRIMARY.id}":
            return PRIMARY
        for calendar in self._calendars():
            if stream.name == f"{_CALENDAR}{calendar.id}":
                return calendar
        raise AccessDenied("google.calendar_not_listed", title=stream.title)
