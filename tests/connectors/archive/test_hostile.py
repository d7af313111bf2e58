"""What must never happen, whatever a file holds: another exception than ConnectorError, endless time, endless memory."""

import gzip
import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.archive.connector import PAGE, ArchiveConnector
from connectors.base import Cursor
from connectors.errors import ConnectorError
from models.records import BadRecord, EmailRecord, Record
from tests.connectors.archive.feeds import NOW
from tests.connectors.contract import LONG_AGO, records
from tests.connectors.mails import mail, mbox

NAMES = ("in.mbox", "in.eml", "in.ics", "in.zip", "in.mbox.gz", "in.jsonl", "in")


def survive(path: Path) -> list[Record]:
    """Read all there is; only ConnectorError may come out, and only values that can be stored."""
    connector = ArchiveConnector([path], now=NOW)
    found: list[Record] = []
    for stream in connector.streams():
        try:
            found += records(list(connector.changes(stream, None, since=LONG_AGO)))
        except ConnectorError:
            continue
    assert b"\\u0000" not in msgspec.json.encode(found)
    return found


def emails(found: list[Record]) -> list[EmailRecord]:
    return [record for record in found if isinstance(record, EmailRecord)]


WHOLE = mbox(*(mail(number) for number in range(5)))


def zip_of(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Takeout/Mail/a.mbox", content)
        packed.writestr(
            "Takeout/Calendar/b.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20240101\nEND:VEVENT\n"
        )
    return file.getvalue()


SEEDS: dict[str, Callable[[], bytes]] = {
    "mbox": lambda: WHOLE,
    "eml": lambda: mail(1),
    "gzip": lambda: gzip.compress(WHOLE, mtime=0),
    "zip": lambda: zip_of(WHOLE),
    "ics": lambda: (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20240101T000000Z\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
    "jsonl": lambda: (
        b'{"id":"i","account":"a@b.c","channel":"email","direction":"in","occurred_at":"2024-01-01T00:00:00Z"}\n'
    ),
}


@pytest.mark.parametrize("kind", SEEDS)
def test_damaged_in_every_way(tmp_path: Path, kind: str) -> None:
    """Cut at many places, bytes flipped, pieces repeated: seeded, so that a failure can be looked at."""
    dice = random.Random(kind)
    whole = SEEDS[kind]()
    for turn in range(60):
        content = bytearray(whole[: dice.randrange(len(whole) + 1)] if turn % 3 else whole)
        for _ in range(dice.randrange(6)):
            at = dice.randrange(len(content) + 1)
            content[at : at + dice.randrange(4)] = dice.choice(
                (b"", b"\0", b"\xff\xfe", b"\n\n", b"\nFrom ", b":", b"\r", b"END:VEVENT\n")
            )
        for name in NAMES:
            (tmp_path / name).write_bytes(content)
            survive(tmp_path / name)
            (tmp_path / name).unlink()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), name=st.sampled_from(NAMES))
def test_any_bytes_at_all(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    survive(tmp_path / name)
    (tmp_path / name).unlink()


PIECES = st.sampled_from(
    [
        b"From a@b Mon Jan  1 09:30:00 2024\n",
        b"From me\n",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"To: a@b.c\n",
        b"Message-ID: <1@b>\r\n",
        b" folded\n",
        b"x",
        b">From y\n",
        b"From ",
    ]
)


BEGINNINGS = st.sampled_from(
    [b"From a@b Mon Jan  1 09:30:00 2024\n", b"", b"\n", b"stray\n\n", b"\xef\xbb\xbfFrom a@b 09:30\n"]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beginning=BEGINNINGS, pieces=st.lists(PIECES, max_size=40), cut=st.integers(0, 400))
@example(  # a From_ line that more text proves to be none
    beginning=b"\xef\xbb\xbfFrom a@b 09:30\n",
    pieces=[b"From a@b Mon Jan  1 09:30:00 2024\n"] * 2 + [b"\n", b"From a@b Mon Jan  1 09:30:00 2024\n", b" folded\n"],
    cut=112,
)
def test_growth_of_any_mbox_loses_and_doubles_nothing(
    tmp_path: Path, beginning: bytes, pieces: list[bytes], cut: int
) -> None:
    """Whatever is written, and wherever writing paused: read in two parts it gives what it gives in one."""
    content = b"".join([beginning, *pieces])
    path = tmp_path / "in.mbox"

    def read(cursor: Cursor | None = None) -> tuple[dict[str | None, Record], Cursor]:
        connector = ArchiveConnector([path], now=NOW, page=3)
        [stream] = connector.streams()
        pages = list(connector.changes(stream, cursor, since=LONG_AGO))
        return {record.key: record for record in records(pages) if not _is_stray(record)}, pages[-1].cursor

    path.write_bytes(content)
    at_once, _ = read()
    path.write_bytes(content[:cut])
    early, cursor = read()
    path.write_bytes(content)
    late, _ = read(cursor)
    assert {**early, **late} == at_once


def _is_stray(record: Record) -> bool:
    """How much lies before the first mail is known when it is first read."""
    return isinstance(record, BadRecord) and "not an email and were skipped" in record.reason


def test_a_header_line_of_50_mb(tmp_path: Path) -> None:
    path = tmp_path / "in.mbox"
    with path.open("wb") as file:
        file.write(mbox(mail(1)) + b"From x Mon Jan  1 09:30:00 2024\nMessage-ID: <long@x>\nSubject: ")
        for _ in range(50):
            file.write(b"x" * (1 << 20))
        file.write(b"\nTo: after@x.example\n\nbody\n\n" + mbox(mail(2)))
    tracemalloc.start()
    first, long, last = emails(survive(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20
    assert (first.message_id, last.message_id) == ("m1@example.org", "m2@example.org")
    assert (long.message_id, [mailbox.address for mailbox in long.to]) == ("long@x", ["after@x.example"])
    assert long.subject
    assert len(long.subject) < 5000
    assert any("too long" in note for note in long.notes)
    (tmp_path / "in.eml").write_bytes(
        b"Message-ID: <long@x>\nSubject: " + b"x" * (50 << 20) + b"\nTo: after@x.example\n\n"
    )
    [alone] = emails(survive(tmp_path / "in.eml"))
    assert [mailbox.address for mailbox in alone.to] == ["after@x.example"]


def test_100_000_recipients(tmp_path: Path) -> None:
    many = ",\n ".join(f'"Nr. {number}, the" <p{number}@x.example>' for number in range(100_000))
    content = mbox(f"Message-ID: <many@x>\nFrom: a@x.example\nTo: {many}\n\nHi\n".encode(), mail(2))
    (tmp_path / "in.mbox").write_bytes(content)
    crowd, last = emails(survive(tmp_path / "in.mbox"))
    assert len(crowd.to) == 10_000
    assert "To names 100000 recipients: the first 10000 are kept" in crowd.notes
    assert last.message_id == "m2@example.org"


HOSTILE_HEADERS: dict[str, bytes] = {
    "NUL bytes": b"From: A\0nn <a\0@x.example>\nTo: b@x.example\nSubject: a\0b\nMessage-ID: <a\0b@x>",
    "no charset of that name": b"From: =?x-\xff-unknown?b?////?= <a@x.example>\nSubject: =?martian?q?=FF?=",
    "a codec that is no charset": b"From: a@x.example\nSubject: =?hex?q?00?= =?rot13?q?uryyb?= =?zip?b?AAAA?=",
    "broken encodings": b"From: a@x.example\nSubject: =?utf-8?b?A?= =?utf-8?q?=ZZ=?= =?utf-8?b?/////w==?=",
    "a lone surrogate": b"From: a@x.example\nSubject: =?utf-8?b?7aCA?= =?utf-16?b?2AA=?= =?utf-7?q?+2AA-?=",
    "raw latin-1": b"From: J\xfcrgen <j@x.example>\nSubject: Gr\xfc\xdfe",
    "header injection": b"From: a@x.example\nSubject: =?utf-8?q?a=0D=0ABcc:_evil@x.example=0A?=",
    "HTML": b'From: "<script>alert(1)</script>" <a@x.example>\nSubject: <img src=x onerror=alert(1)>',
    "a formula": b"From: \"=HYPERLINK(1)\" <a@x.example>\nSubject: =cmd|' /C calc'!A0",
    "year 0": b"From: a@x.example\nDate: Mon, 1 Jan 0000 00:00:00 +0000",
    "year 9999": b"From: a@x.example\nDate: Fri, 31 Dec 9999 23:59:59 -2359\nReceived: x; Fri, 31 Dec 9999 23:59:59 -2359",
    "a zone of 99 hours": b"From: a@x.example\nDate: Mon, 1 Jan 2024 00:00:00 +9999",
    "a huge number": b"From: a@x.example\nDate: Mon, " + b"9" * 5000 + b" Jan 2024 00:00:00 +0000",
    "comments in comments": b"From: " + b"(" * 20_000 + b" a@x.example\nTo: " + b"(" * 900 + b"b@x.example",
    "quotes without an end": b'From: "' + b'\\"' * 20_000 + b" <a@x.example>\nTo: " + b'"' * 30_001,
    "nothing but commas": b"From: a@x.example\nTo: " + b"," * 500_000,
    "nothing but brackets": b"From: a@x.example\nTo: " + b"<" * 300_000,
    "nothing but at signs": b"From: a@x.example\nTo: " + b"@" * 300_000,
    "nothing but blanks": b"From: a@x.example\nTo: " + b" " * 500_000 + b"\nReferences: " + b"<" * 300_000,
    "half encoded words": b"From: a@x.example\nSubject: " + b"=?utf-8?q?" * 2000 + b"\nTo: " + b"=?" * 20_000,
    "ten thousand headers": b"From: a@x.example\n" + b"Received: x; y\n" * 10_000 + b"X: y\n" * 10_000,
    "the reading turned round": "From: \u202ea@x.example\nSubject: \u202egnp.exe\u2066".encode(),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("header", HOSTILE_HEADERS.values(), ids=HOSTILE_HEADERS.keys())
def test_hostile_headers(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "in.mbox").write_bytes(mbox(mail(1), header + b"\n\nbody\n", mail(2)))
    found = survive(tmp_path / "in.mbox")
    assert len(found) == 3
    for text in texts(found[1]):
        assert not any(ord(letter) < 32 or "\ud800" <= letter <= "\udfff" or letter == "\u202e" for letter in text)
    for record in emails(found):
        assert all(mailbox.address != "evil@x.example" for mailbox in (*record.bcc, *record.to))
        assert record.sent_at is None or record.sent_at < datetime(2101, 1, 1, tzinfo=UTC)
    assert [record.message_id for record in emails(found)][::2][0] == "m1@example.org"


def texts(record: Record) -> Iterator[str]:
    if isinstance(record, EmailRecord):
        yield from filter(None, (record.subject, record.message_id, record.thread, record.in_reply_to))
        for mailbox in (record.sender, *record.to, *record.cc):
            if mailbox:
                yield from (mailbox.address, mailbox.name)
    elif isinstance(record, BadRecord):
        yield from (record.where, record.reason)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("content", "times"),
    [
        (b"", 1),
        (b"\n", 1),
        (b"\0", 3_000_000),
        (b"\xff", 3_000_000),
        (b"From ", 600_000),
        (b"\nFrom ", 500_000),
        (b"\n", 3_000_000),
        (b"{", 3_000_000),
        (b"BEGIN:VEVENT\n", 200_000),
    ],
    ids=["empty", "blank", "zeros", "ones", "from", "from lines", "line feeds", "braces", "events that begin"],
)
def test_garbage(tmp_path: Path, name: str, content: bytes, times: int) -> None:
    (tmp_path / name).write_bytes(content * times)
    found = survive(tmp_path / name)
    assert not emails(found)
    assert len(found) < 10


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.mbox"
        with path.open("wb") as file:
            for number in range(count):
                file.write(mbox(mail(number, body="x" * 500 + "\n")))
        connector = ArchiveConnector([path], now=NOW)
        [stream] = connector.streams()
        tracemalloc.start()
        assert sum(len(page.records) for page in connector.changes(stream, None, since=LONG_AGO)) == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(6 * PAGE) < 1.3 * peak(3 * PAGE)
