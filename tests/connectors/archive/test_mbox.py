"""Every mail of an mbox is found once, however the file was written."""

from pathlib import Path

import pytest

from models.enums import Place
from models.records import BadRecord, EmailRecord, Record
from tests.connectors.archive.feeds import MboxFeed, found
from tests.connectors.contract import read, read_on, records
from tests.connectors.mails import mail, mbox


def read_bytes(tmp_path: Path, content: bytes, name: str = "inbox.mbox") -> list[Record]:
    (tmp_path / name).write_bytes(content)
    return found(tmp_path / name)


def ids(found: list[Record]) -> list[str | None]:
    return [record.message_id for record in found if isinstance(record, EmailRecord)]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (">From here on it is quoted\n", 1),
        ("From here on it is prose, not quoted\n", 1),
        ("\nFrom here on: it was\nnot quoted\n", 1),
        ("From me\nTo: you\n", 1),
        ("Content-Length: 99999\n", 1),
        ("x", 3_000_000),
        ("\n", 5000),
    ],
)
def test_bodies_are_passed_over(tmp_path: Path, text: str, times: int) -> None:
    body = text * times if text.endswith("\n") else text * times + "\n"
    content = mbox(mail(1, body=body), mail(2), mail(3, body=body), mail(4))
    assert ids(read_bytes(tmp_path, content)) == [f"m{n}@example.org" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("body", ["", "\n", "text without an end"])
def test_short_bodies(tmp_path: Path, body: str) -> None:
    content = mbox(mail(1, body=body), mail(2, body=body), mail(3, body=body))
    assert ids(read_bytes(tmp_path, content)) == [f"m{n}@example.org" for n in (1, 2, 3)]


def test_a_last_mail_whose_headers_are_cut_is_not_half_read_and_comes_when_it_is_whole(tmp_path: Path) -> None:
    feed = MboxFeed(tmp_path / "inbox.mbox")
    feed.add()
    whole = len(feed.written)
    feed.add()
    content = feed.written
    for cut in range(whole, len(content)):
        feed.path.write_bytes(content[:cut])
        first = read(feed)
        assert len([r for r in records(first) if isinstance(r, EmailRecord)]) in {1, 2}
        for record in records(first):
            if isinstance(record, EmailRecord):
                assert [m.address for m in record.to][1:] == ["cy@example.com"]
        feed.path.write_bytes(content)
        then = read_on(feed, first[-1].cursor)
        keys = {record.key for record in [*records(first), *records(then)] if isinstance(record, EmailRecord)}
        assert keys == feed.truth, cut


def test_a_file_without_any_from_line_is_one_unreadable_thing(tmp_path: Path) -> None:
    for content in (b"just some words\n" * 1000, b"hello", b"x" * 3_000_000):
        [bad] = read_bytes(tmp_path, content)
        assert isinstance(bad, BadRecord)
        assert f"{len(content)} bytes" in bad.reason


def test_an_empty_file_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, b"") == []
    assert read_bytes(tmp_path, b"\n\n") == []


@pytest.mark.parametrize("name", ["Sent", "Sent Items.mbox", "Gesendet", "[Gmail]-Sent Mail.mbox", "sent-mail"])
def test_sent_mail_is_known_by_the_name_of_its_folder(tmp_path: Path, name: str) -> None:
    [record] = read_bytes(tmp_path, mbox(mail(1)), name)
    assert isinstance(record, EmailRecord)
    assert record.place is Place.SENT
