"""CalDAV calendars keep the laws of the port, against Radicale and against xandikos."""

from datetime import timedelta
from typing import ClassVar

import pytest

from connectors.base import Connector, Stream
from tests.connectors.caldav.servers import DavServer
from tests.connectors.contract import Contract, Feed
from tests.connectors.ical.feeds import NOW


class CollectionFeed(Feed):
    def __init__(self, server: DavServer, path: str) -> None:
        self.server = server
        self.path = path
        self.truth = set()

    def connector(self) -> Connector:
        return self.server.connector(page=2)

    def stream(self) -> Stream:
        return next(stream for stream in self.connector().streams() if stream.name.endswith(self.path))

    def add(self) -> str:
        uid = f"meeting-{len(self.truth)}"
        self.server.put(self.path, uid, NOW - timedelta(days=30) + timedelta(days=7 * len(self.truth)))
        self.truth.add(uid)
        return uid


class TestCaldav(Contract):
    gives_all: ClassVar[bool | None] = False

    @pytest.fixture
    def feed(self, server: DavServer, path: str) -> Feed:
        feed = CollectionFeed(server, path)
        for _ in range(7):
            feed.add()
        return feed
