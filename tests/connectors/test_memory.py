"""The memory connector keeps the laws."""

from datetime import UTC, datetime

import pytest

from connectors.base import Connector
from connectors.memory import MemoryConnector
from models.records import BadRecord, EmailRecord, Record
from tests.connectors.contract import Contract, Feed


class MemoryFeed(Feed):
    def __init__(self) -> None:
        self.truth = set()
        self.lists: dict[str, list[Record]] = {"mail": []}

    def connector(self) -> Connector:
        return MemoryConnector(self.lists)

    def add(self) -> str:
        key = f"k{len(self.lists['mail'])}"
        self.lists["mail"].append(EmailRecord(key, sent_at=datetime(2024, 1, 1, tzinfo=UTC)))
        self.truth.add(key)
        return key

    def spoil(self) -> bool:
        self.lists["mail"].append(BadRecord("here", "it is bad"))
        return True

    def expire(self) -> bool:
        del self.lists["mail"][3:]
        self.truth = {record.key for record in self.lists["mail"] if record.key}
        return True


class TestMemory(Contract):
    gives_all = False

    @pytest.fixture
    def feed(self) -> Feed:
        feed = MemoryFeed()
        for _ in range(7):
            feed.add()
        return feed
