"""The IMAP connector keeps the laws of the port against a real Dovecot, over TLS."""

from datetime import timedelta
from typing import ClassVar

import pytest

from connectors.base import Connector, Stream
from connectors.imap.connector import ImapConnector
from tests.connectors.contract import Contract, Feed
from tests.connectors.imap.dovecot import Dovecot
from tests.connectors.mails import START, mail

INBOX = "INBOX"


class FolderFeed(Feed):
    def __init__(self, server: Dovecot, user: str) -> None:
        self.server = server
        self.user = user
        self.truth = set()
        self.number = 0

    def connector(self) -> Connector:
        return ImapConnector(self.server.access(self.user).encoded(), page=2)

    def stream(self) -> Stream:
        return next(stream for stream in self.connector().streams() if stream.title == INBOX)

    def add(self) -> str:
        self.number += 1
        uid = self.server.put(mail(self.number), at=START + timedelta(days=self.number), user=self.user)
        key = f"{self._validity()}.{uid}"
        self.truth.add(key)
        return key

    def spoil(self) -> bool:
        self.server.put(b"X-Nothing: at all\n\nBody.\n", user=self.user)
        return True

    def expire(self) -> bool:
        self.server.renumber(user=self.user)
        validity = self._validity()
        self.truth = {f"{validity}.{key.partition('.')[2]}" for key in self.truth}
        return True

    def _validity(self) -> int:
        with self.server.box(self.user) as box:
            box.select(INBOX, readonly=True)
            said = box.response("UIDVALIDITY")[1][0]
            assert said is not None
            return int(said)


class TestImap(Contract):
    gives_all: ClassVar[bool | None] = False

    @pytest.fixture
    def feed(self, server: Dovecot, user: str) -> Feed:
        feed = FolderFeed(server, user)
        for _ in range(7):
            feed.add()
        return feed
