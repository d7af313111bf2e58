"""Subscribed calendars keep the laws of the port, over real HTTP."""

from datetime import timedelta
from typing import ClassVar

import pytest

from connectors.base import Connector
from connectors.vcalendar.keys import key_of
from tests.connectors.contract import Contract, Feed
from tests.connectors.ical.feeds import NOW, Subscribed


class CalendarFeed(Feed):
    def __init__(self, subscribed: Subscribed) -> None:
        self.subscribed = subscribed
        self.truth = set()

    def connector(self) -> Connector:
        return self.subscribed.connector(page=2)

    def add(self) -> str:
        uid = f"meeting-{len(self.truth)}@mail.example"
        self.subscribed.published.add(uid, NOW - timedelta(days=30) + timedelta(days=7 * len(self.truth)))
        self.truth.add(key_of(uid))
        return key_of(uid)

    def spoil(self) -> bool:
        self.subscribed.published.events["bad"] = "BEGIN:VEVENT\r\nUID:bad\r\nDTSTART:some day\r\nEND:VEVENT"
        return True


class TestIcal(Contract):
    appends: ClassVar[bool] = False  # a calendar that has changed comes whole
    gives_all: ClassVar[bool | None] = False

    @pytest.fixture
    def feed(self, subscribed: Subscribed) -> Feed:
        feed = CalendarFeed(subscribed)
        for _ in range(7):
            feed.add()
        return feed
