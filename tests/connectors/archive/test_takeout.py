"""Takeouts and other zips: labels are understood, names inside are never paths, bombs and damage end the reading."""

import zipfile
from pathlib import Path

import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.archive.packed import compressed
from connectors.errors import ProtocolError
from models.enums import Place
from models.records import BadRecord, EmailRecord, MeetingRecord
from tests.connectors.archive.feeds import NOW, GzipFeed, IcsFeed, ZipFeed, filled, found
from tests.connectors.contract import LONG_AGO
from tests.connectors.mails import mail, mbox


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("labels", "place", "signals"),
    [
        ("Inbox,Unread,Category Personal", Place.ORDINARY, ()),
        ("Sent,Opened", Place.SENT, ()),
        ("Gesendet,Geöffnet", Place.SENT, ()),
        ("=?UTF-8?Q?Gesendet,Ge=C3=B6ffnet?=", Place.SENT, ()),
        ("Archived,Category promotions,Opened", Place.ORDINARY, ("category=promotions",)),
        ("Inbox,Category updates", Place.ORDINARY, ("category=updates",)),
        ("Spam,Unread", Place.SPAM, ()),
        ("Trash,Sent", Place.TRASH, ()),
        ("Drafts", Place.DRAFT, ()),
        ("Chat", Place.CHAT, ()),
    ],
)
def test_gmail_labels(tmp_path: Path, labels: str, place: Place, signals: tuple[str, ...]) -> None:
    content = mbox(mail(1, extra=f"X-Gmail-Labels: {labels}\n"))
    name = "Takeout/Mail/All mail Including Spam and Trash.mbox"
    [record] = found(zipped(tmp_path / "takeout.zip", **{name: content}))
    assert isinstance(record, EmailRecord)
    assert (record.place, record.signals) == (place, signals)


def test_mail_and_calendars_come_out_of_one_zip(tmp_path: Path) -> None:
    calendar = IcsFeed(tmp_path / "calendar.ics")
    filled(calendar)
    path = zipped(
        tmp_path / "takeout.zip",
        **{"Takeout/Mail/Sent.mbox": mbox(mail(1)), "Takeout/Calendar/me@x.example.ics": calendar.written},
    )
    kinds = [type(record) for record in found(path)]
    assert kinds.count(EmailRecord) == 1
    assert kinds.count(MeetingRecord) == 7


@pytest.mark.parametrize(
    "name", ["../../evil.mbox", "/etc/evil.mbox", "a\\..\\evil.mbox", "\x1b[31mevil.mbox", "é" * 300 + ".mbox"]
)
def test_a_name_inside_is_never_a_path(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = zipped(inner / "takeout.zip", **{name: mbox(mail(1))})
    before = sorted(tmp_path.rglob("*"))
    assert len(found(path)) == 1
    assert sorted(tmp_path.rglob("*")) == before
    [stream] = ArchiveConnector([path], now=NOW).streams()
    assert "\x1b" not in stream.title
    assert len(stream.title) <= 300


def test_a_zip_bomb_ends_the_reading_and_is_told(tmp_path: Path) -> None:
    zeros = bytes(1 << 20)
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("a.mbox", "w") as inner,
    ):
        inner.write(mbox(mail(1), mail(2)))
        for _ in range(compressed.FREE // len(zeros) + 40):
            inner.write(zeros)
        inner.write(mbox(mail(3)))
    first, second, bomb = found(tmp_path / "bomb.zip")
    assert isinstance(first, EmailRecord)
    assert isinstance(second, EmailRecord)
    assert isinstance(bomb, BadRecord)
    assert "far more" in bomb.reason


def test_a_compressed_file_that_is_cut_off_gives_what_it_holds(tmp_path: Path) -> None:
    feed = GzipFeed(tmp_path / "inbox.mbox.gz")
    for _ in range(2000):
        feed.append()
        feed.number += 1
    feed.write()
    whole = feed.path.read_bytes()
    feed.path.write_bytes(whole[: len(whole) // 2])
    *kept, last = found(feed.path)
    assert len(kept) > 500
    assert isinstance(last, BadRecord)
    assert "cannot be unpacked" in last.reason


def test_a_damaged_member_and_a_damaged_zip(tmp_path: Path) -> None:
    feed = ZipFeed(tmp_path / "takeout.zip")
    filled(feed)
    whole = bytearray(feed.path.read_bytes())
    middle = whole.index(b"All mail.mbox") + 200
    whole[middle : middle + 40] = b"\xff" * 40
    feed.path.write_bytes(whole)
    assert isinstance(found(feed.path)[-1], BadRecord)
    feed.path.write_bytes(whole[:-30])
    connector = ArchiveConnector([feed.path], now=NOW)
    [stream] = connector.streams()
    with pytest.raises(ProtocolError, match=r"archive\.not_unpacked"):
        list(connector.changes(stream, None, since=LONG_AGO))
