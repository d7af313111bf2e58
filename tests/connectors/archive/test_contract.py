"""Every kind of archive keeps the laws of the port."""

from pathlib import Path

import pytest

from tests.connectors.archive import feeds
from tests.connectors.contract import Contract, Feed


class TestMbox(Contract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.MboxFeed(tmp_path / "inbox.mbox"))


class TestCrlfMbox(Contract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.CrlfFeed(tmp_path / "inbox.mbox"))


class TestGzippedMbox(Contract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.GzipFeed(tmp_path / "inbox.mbox.gz"))


class TestTakeout(Contract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.ZipFeed(tmp_path / "takeout.zip"))


class TestMaildir(Contract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.maildir(tmp_path / "Maildir"))


class TestEml(Contract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.eml(tmp_path / "saved"))


class TestIcs(Contract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.IcsFeed(tmp_path / "calendar.ics"))


class TestExport(Contract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.ExportFeed(tmp_path / "interactions.jsonl"))
