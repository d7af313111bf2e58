"""The laws of the port, held by Gmail's mail and by a Google calendar over real HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Connector, Stream
from tests.connectors.contract import Contract, Feed
from tests.connectors.gmail.accounts import ADA, Clock, connector
from tests.sandbox.google.agenda import guest, moment
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class GoogleFeed(Feed):
    def __init__(self, google: GoogleSandbox, clock: Clock, opened: ExitStack) -> None:
        self.google, self.clock, self.opened = google, clock, opened
        self.mailbox: GoogleMailbox = google.mailboxes[ADA]
        self.truth: set[str] = set()
        self.count = 0

    def connector(self) -> Connector:
        return self.opened.enter_context(closing(connector(self.google, self.clock, size=2, listing=3)))

    def expire(self) -> bool:
        self.mailbox.expire_cursors()
        return True


class MailFeed(GoogleFeed):
    def __init__(self, google: GoogleSandbox, clock: Clock, opened: ExitStack) -> None:
        super().__init__(google, clock, opened)
        for _ in range(5):
            self.add()
        self.add(answers="1@example.net", labels=("SENT",))
        self.add(answers="2@example.net")
        self.add(labels=("INBOX", "CATEGORY_UPDATES"))
        self.add(labels=("DRAFT",))

    def add(self, *, answers: str | None = None, labels: tuple[str, ...] = ("INBOX",)) -> str:
        self.count += 1
        at = NOON + timedelta(hours=self.count)
        people = (ADA, "bo@example.net") if "SENT" in labels else ("bo@example.net", ADA)
        mail = plain_mail(people[0], [people[1]], at, f"{self.count}@example.net", reply_to=answers)
        key = self.mailbox.deliver(mail, at, labels=labels)
        self.truth.add(key)
        return key

    def spoil(self) -> bool:
        self.mailbox.deliver([("X-Broken", "yes")], NOON, labels=("INBOX",))
        return True


class CalendarFeed(GoogleFeed):
    def __init__(self, google: GoogleSandbox, clock: Clock, opened: ExitStack) -> None:
        super().__init__(google, clock, opened)
        for _ in range(5):
            self.add()
        weeks = [NOON + timedelta(weeks=i) for i in range(3)]
        series = {"id": "series", "iCalUID": "series@google.com", "attendees": [guest(ADA, self=True)]}
        self.truth.update(self.mailbox.agenda.primary.add_series(series, weeks, timedelta(hours=1), "FREQ=WEEKLY"))

    def stream(self) -> Stream:
        return self.connector().streams()[1]

    def add(self) -> str:
        self.count += 1
        at = NOON + timedelta(days=self.count)
        key = f"event{self.count}"
        times = {"start": moment(at), "end": moment(at + timedelta(hours=1))}
        self.truth.add(key)
        return self.mailbox.agenda.primary.put({"id": key, "iCalUID": f"{key}@google.com"} | times)

    def spoil(self) -> bool:
        self.mailbox.agenda.primary.put({"id": "spoiled", "start": {"dateTime": "yesterday"}, "end": {}})
        return True


class TestMail(Contract):
    gives_all = False

    @pytest.fixture
    def feed(self, google: GoogleSandbox, clock: Clock) -> Iterator[Feed]:
        with ExitStack() as opened:
            yield MailFeed(google, clock, opened)


class TestCalendar(Contract):
    gives_all = False

    @pytest.fixture
    def feed(self, google: GoogleSandbox, clock: Clock) -> Iterator[Feed]:
        with ExitStack() as opened:
            yield CalendarFeed(google, clock, opened)
