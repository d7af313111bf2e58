"""The Outlook connector keeps the laws of the port, over real HTTPS: a mail folder, and the calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest

from connectors.base import Connector, Cursor, Page, Stream
from connectors.outlook.calendar.stream import STREAM
from connectors.outlook.connector import OutlookConnector
from models.enums import Response
from models.records import Attendee, Mailbox
from tests.connectors.contract import Contract, Feed
from tests.connectors.outlook.account import NOW, Account
from tests.sandbox.microsoft.message import Message, public_id

ANNA = Mailbox("anna@example.org", "Anna")


class MailFeed(Feed):
    def __init__(self, account: Account) -> None:
        self.account = account
        self.truth = set()

    def connector(self) -> Connector:
        return self.account.connector(page=2)

    def stream(self) -> Stream:
        return self.account.folder("inbox")

    def add(self) -> str:
        mailbox = self.account.sandbox.mailbox
        at = NOW - timedelta(days=90) + timedelta(hours=len(self.truth))
        key = mailbox.mail.deliver(ANNA, [mailbox.me], at=at, subject=f"Mail {len(self.truth)}")
        shown = public_id(Message(key, "", {}), immutable=True)
        self.truth.add(shown)
        return shown

    def spoil(self) -> bool:
        mail = self.account.sandbox.mailbox.mail
        key = mail.deliver(ANNA, [], at=NOW)
        mail.messages[key].fields |= {"sentDateTime": "yesterday"}
        return True

    def expire(self) -> bool:
        self.account.sandbox.mailbox.delta.expire()
        return True


class Recent(OutlookConnector):
    """Goes back sixty days at most: reading a calendar from 1990 on takes some five hundred windows."""

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        return super().changes(stream, cursor, since=max(since, NOW - timedelta(days=60)))


class CalendarFeed(Feed):
    def __init__(self, account: Account) -> None:
        self.account = account
        self.truth = set()

    def connector(self) -> Connector:
        return self.account.connector(Recent, page=2)

    def stream(self) -> Stream:
        return STREAM

    def add(self) -> str:
        starts = NOW - timedelta(days=14 * (len(self.truth) % 3)) + timedelta(hours=len(self.truth))
        key = self.account.sandbox.mailbox.diary.meet(starts, [Attendee(ANNA.address, "Anna", Response.ACCEPTED)])
        self.truth.add(key)
        return key

    def spoil(self) -> bool:
        diary = self.account.sandbox.mailbox.diary
        diary.events[diary.meet(NOW, [])].subject = 7  # type: ignore[assignment] # what no honest calendar would say
        return True


class TestMail(Contract):
    gives_all: ClassVar[bool | None] = False

    @pytest.fixture
    def feed(self, account: Account) -> Feed:
        feed = MailFeed(account)
        for _ in range(7):
            feed.add()
        return feed


class TestCalendar(Contract):
    gives_all: ClassVar[bool | None] = False
    appends: ClassVar[bool] = False  # a window that has changed comes whole

    @pytest.fixture
    def feed(self, account: Account) -> Feed:
        feed = CalendarFeed(account)
        for _ in range(7):
            feed.add()
        return feed
