"""Feeds over real files, one for each kind of archive."""

import gzip
import io
import json
import tarfile
import zipfile
from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.archive.connector import ArchiveConnector
from connectors.base import Connector
from connectors.vcalendar.keys import key_of
from models.records import Record
from tests.connectors.contract import LONG_AGO, Feed, records
from tests.connectors.mails import mail, mbox

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def found(*paths: Path) -> list[Record]:
    """All that an archive connector finds at the paths."""
    connector = ArchiveConnector(paths, now=NOW)
    return records([page for stream in connector.streams() for page in connector.changes(stream, None, since=LONG_AGO)])


def filled(feed: Feed) -> Feed:
    for _ in range(7):
        feed.add()
    return feed


class FileFeed(Feed):
    """A feed in one file, written anew from `written` each time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.truth = set()
        self.written = b""
        self.number = 0
        self.write()

    def write(self) -> None:
        self.path.write_bytes(self.written)

    def connector(self) -> Connector:
        return ArchiveConnector([self.path], now=NOW, page=2)

    @abstractmethod
    def append(self) -> str:
        """Add one more item to `written` and give its key."""

    def add(self) -> str:
        key = self.append()
        self.number += 1
        self.write()
        self.truth.add(key)
        return key

    def expire(self) -> bool:
        self.written, self.truth = b"", set()
        for _ in range(5):
            self.add()
        return True


class MboxFeed(FileFeed):
    line_feed = b"\n"

    def append(self) -> str:
        key = str(len(self.written))
        self.written += mbox(mail(self.number, feed=self.line_feed), feed=self.line_feed)
        return key

    def spoil(self) -> bool:
        self.written += mbox(b"\nno header at all\n")
        self.write()
        return True


class CrlfFeed(MboxFeed):
    line_feed = b"\r\n"


class MacFeed(MboxFeed):
    line_feed = b"\r"

    def spoil(self) -> bool:
        self.written += mbox(b"\rno header at all\r", feed=b"\r")
        self.write()
        return True


class Utf16Feed(MboxFeed):
    def write(self) -> None:
        self.path.write_bytes(self.written.decode().encode("utf-16"))


class GzipFeed(MboxFeed):
    def write(self) -> None:
        self.path.write_bytes(gzip.compress(self.written))


class ZipFeed(MboxFeed):
    """A Takeout with a mailbox."""

    member = "Takeout/Mail/All mail.mbox"

    def write(self) -> None:
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("Takeout/archive_browser.html", "<html>")
            packed.writestr(self.member, self.written)

    def append(self) -> str:
        return f"{self.member}:{super().append()}"


class TarFeed(ZipFeed):
    """The same in Takeout's other format."""

    def write(self) -> None:
        with tarfile.open(self.path, "w:gz") as packed:
            for name, content in (("Takeout/archive_browser.html", b"<html>"), (self.member, self.written)):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                packed.addfile(info, io.BytesIO(content))


class ExportFeed(FileFeed):
    def append(self) -> str:
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=self.number)
        person = {"person": "p", "name": "P", "address": "p@x.example", "role": "to", "response": None}
        row = {
            "id": f"i{self.number}",
            "account": "me@x.example",
            "channel": "email",
            "direction": "out",
            "occurred_at": at.isoformat(),
            "subject": "Hi",
            "group_size": 2,
            "my_role": "from",
            "people": [person],
        }
        self.written += json.dumps(row).encode() + b"\n"
        return f"i{self.number}"

    def spoil(self) -> bool:
        self.written += b'{"id": 1, "account": []}\nnot json\n'
        self.write()
        return True

    def expire(self) -> bool:
        self.number += 100
        return super().expire()


class IcsFeed(FileFeed):
    """Single events in one calendar file."""

    def __init__(self, path: Path) -> None:
        self.events = ""
        super().__init__(path)

    def write(self) -> None:
        text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{self.events}END:VCALENDAR\n"
        self.written = text.replace("\n", "\r\n").encode()
        super().write()

    def append(self) -> str:
        begin = datetime(2024, 1, 1, 9, tzinfo=UTC) + timedelta(days=self.number)
        self.events += (
            f"BEGIN:VEVENT\nUID:e{self.number}@x.example\nDTSTART:{begin:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\n"
            "SUMMARY:Talk\nORGANIZER;CN=Ann:mailto:ann@x.example\n"
            "ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:mailto:bob@x.example\nEND:VEVENT\n"
        )
        return key_of(f"e{self.number}@x.example")

    def spoil(self) -> bool:
        self.events += "BEGIN:VEVENT\nUID:bad\nDTSTART:whenever\nEND:VEVENT\n"
        self.write()
        return True

    def expire(self) -> bool:
        self.events = ""
        return super().expire()


class FolderFeed(Feed):
    """A feed over a folder with a file a mail, named by `name`."""

    def __init__(self, path: Path, name: Callable[[int], str]) -> None:
        self.path = path
        self.name = name
        self.truth = set()
        self.number = 0

    def connector(self) -> Connector:
        return ArchiveConnector([self.path], now=NOW, page=2)

    def key(self, name: str) -> str:
        return name.rsplit("/", maxsplit=1)[-1].split(":", maxsplit=1)[0]

    def put(self, content: bytes) -> str:
        path = self.path / self.name(self.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.number += 1
        return self.key(str(path))

    def add(self) -> str:
        key = self.put(mail(self.number))
        self.truth.add(key)
        return key

    def spoil(self) -> bool:
        self.put(b"\x00\x01 no header\n")
        return True


def maildir(path: Path) -> FolderFeed:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    # The names do not tell the order of arrival.
    return FolderFeed(
        path, lambda number: f"{'cur' if number % 2 else 'new'}/{900 - number}.M1.host:2,{'S' * (number % 2)}"
    )


def mh(path: Path) -> FolderFeed:
    path.mkdir()
    return FolderFeed(path, lambda number: f"{number + 1}")


def eml(path: Path) -> FolderFeed:
    path.mkdir()
    return FolderFeed(path, lambda number: f"{900 - number}.eml")
