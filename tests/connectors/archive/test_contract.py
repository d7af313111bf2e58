"""Every kind of archive keeps the laws of the port."""

from pathlib import Path

import pytest

from tests.connectors.archive import feeds
from tests.connectors.contract import Contract, Feed


class ArchiveContract(Contract):
    gives_all = True


class TestMbox(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.MboxFeed(tmp_path / "inbox.mbox"))


class TestCrlfMbox(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.CrlfFeed(tmp_path / "inbox.mbox"))


class TestGzippedMbox(ArchiveContract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.GzipFeed(tmp_path / "inbox.mbox.gz"))


class TestTakeout(ArchiveContract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.ZipFeed(tmp_path / "takeout.zip"))


class TestTakeoutAsTar(ArchiveContract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.TarFeed(tmp_path / "takeout.tgz"))


class TestMacMbox(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.MacFeed(tmp_path / "inbox.mbox"))


class TestMbox16(ArchiveContract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.Utf16Feed(tmp_path / "inbox.mbox"))


class TestMh(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.mh(tmp_path / "inbox"))


class TestMaildir(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.maildir(tmp_path / "Maildir"))


class TestEml(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.eml(tmp_path / "saved"))


class TestIcs(ArchiveContract):
    appends = False

    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.IcsFeed(tmp_path / "calendar.ics"))


class TestExport(ArchiveContract):
    @pytest.fixture
    def feed(self, tmp_path: Path) -> Feed:
        return feeds.filled(feeds.ExportFeed(tmp_path / "interactions.jsonl"))
