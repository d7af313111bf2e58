"""Sets of UIDs, answers, folder names, cursors and commands: the pure parts."""

import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Cursor
from connectors.errors import CursorExpired, ProtocolError
from connectors.imap.api import commands
from connectors.imap.api.answers import HEADERS, Listed, fetched
from connectors.imap.api.commands import Command
from connectors.imap.api.uids import Uids, read_back, written
from connectors.imap.api.wire import _lines
from connectors.imap.mail.folders import folder_of, streams_of, title_of
from connectors.imap.mail.position import Position, cursor_of, position_of
from connectors.imap.parse import internal_date, place_of
from models.enums import Place

UIDS = st.sets(st.integers(1, 60) | st.integers(4_294_967_000, 4_294_967_295))


@given(UIDS, UIDS)
def test_sets_of_uids_are_sets(one: set[int], other: set[int]) -> None:
    a, b = Uids.single(one), Uids.single(other)
    assert list(a) == sorted(one)
    assert len(a) == len(one)
    assert set(a | b) == one | other
    assert set(a - b) == one - other
    assert set(a & b) == one & other
    assert (a == b) == (one == other)
    assert all((uid in a) == (uid in one) for uid in one | other)
    assert (a.first, a.last) == (min(one, default=0), max(one, default=0))
    assert read_back(written(a)) == a


@given(UIDS, st.integers(0, 70))
def test_the_newest_and_the_oldest(present: set[int], count: int) -> None:
    uids = Uids.single(present)
    assert list(uids.newest(count)) == sorted(present)[max(0, len(present) - count) :]
    assert list(uids.oldest(count)) == sorted(present)[:count]


def test_a_hundred_thousand_uids_with_holes_are_kept_small() -> None:
    uids = Uids.single(uid for uid in range(1, 200_000) if uid % 7 and uid % 5)
    assert len(written(uids)) < 3000
    assert read_back(written(uids)) == uids


@pytest.mark.parametrize("text", ["", "nonsense", "eJw=", written(Uids.of([(5, 9)]))[:-6], "AAAA"])
def test_a_set_never_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever step of reading it
        read_back(text)


@given(UIDS, st.integers(0, 2**32), st.integers(0, 10**6))
def test_cursors_are_read_back(known: set[int], validity: int, done: int) -> None:
    at = Position(validity, Uids.single(known), 7, "2024-01-01T00:00:00+00:00", done, 9, 3)
    assert position_of(cursor_of(at)) == at


@pytest.mark.parametrize(
    "text", ["", "{}", '{"validity":1}', '{"validity":1,"known":"x"}', '{"validity":1,"known":"","x":1}']
)
def test_a_cursor_never_written_is_refused(text: str) -> None:
    with pytest.raises(CursorExpired):
        position_of(Cursor(text))


@pytest.mark.parametrize(
    "words",
    [
        b"UID FETCH 1:* (BODY[])",
        b"UID FETCH 1 (UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])",
        b"UID FETCH 1:* (UID BODY.PEEK[])",
        b"UID FETCH 1:* (UID BODY.PEEK[HEADER])",
        b"UID FETCH 1:* RFC822",
        b"UID FETCH 1:* (UID ENVELOPE)",
        b"UID FETCH 1:* (UID BODYSTRUCTURE)",
        b"UID FETCH 1:* (UID)\r\nK9 SELECT INBOX",
        b"SELECT INBOX",
        b"UID STORE 1 +FLAGS (\\Deleted)",
        b"UID SEARCH BODY secret",
        b"APPEND INBOX",
        b"EXAMINE INBOX",
        b"DELETE INBOX",
        b"",
    ],
)
def test_no_other_command_is_permitted(words: bytes) -> None:
    assert not Command(words).permitted
    assert not Command(words, (b"x",)).permitted


def test_the_commands_there_are_are_permitted() -> None:
    for items in (commands.MAIL, commands.GMAIL, commands.RECEIVED, commands.DATES, commands.UIDS):
        assert Command(b"UID FETCH 1:4,9 " + items).permitted
    assert Command(b"EXAMINE", (b"A\r\nK2 DELETE INBOX",)).permitted
    assert Command(b"UID SEARCH SINCE " + commands.since(date(2024, 1, 2))).permitted


@given(st.binary(max_size=30))
def test_an_argument_never_becomes_a_command(name: bytes) -> None:
    first, *rest = _lines(Command(b"EXAMINE", (name,)))
    assert b"\r" not in first
    assert b"\n" not in first
    if rest:
        assert rest == [name]
        assert first == b"EXAMINE {%d}" % len(name)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_no_answer_brings_the_reader_down(parts: list[bytes]) -> None:
    try:
        said = fetched([b"* 1 FETCH (" + parts[0], *parts[1:]])
    except ValueError:
        return
    assert said is None or said[0] > 0


@pytest.mark.parametrize("piece", [b"[", b"(", b'"', b"\\", b'"\\', b"[]", b"NIL ", b"[A (", b"\0", b")", b"A["])
def test_a_hostile_answer_costs_no_more_than_its_length(piece: bytes) -> None:
    begun = time.process_time()
    with nullcontext() if b"(" not in piece else pytest.raises(ValueError, match="deep"):
        fetched([b"* 1 FETCH (UID 1 " + piece * (400_000 // len(piece))])
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("parts", "uid", "block"),
    [
        ([b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (FROM)] ", b"From: a\r\n", b")"], 5, b"From: a\r\n"),
        ([b'* 1 FETCH (BODY[HEADER.FIELDS (FROM "TO")] ', b"x", b" UID 5)"], 5, b"x"),
        ([b'* 1 FETCH (UID 5 BODY[HEADER.FIELDS ("FROM")] "a \\"b\\"")'], 5, b'a "b"'),
        ([b"* 1 FETCH (UID 5 body[header.fields (FROM)] NIL)"], 5, None),
        ([b"* 1 FETCH (FLAGS (\\Seen))"], None, None),
        ([b"* 1 FETCH (UID 0 FLAGS ())"], None, None),
        ([b"* 23 EXISTS"], None, None),
    ],
)
def test_shapes_of_an_answer(parts: list[bytes], uid: int | None, block: bytes | None) -> None:
    said = fetched(parts)
    assert (said and said[0]) == uid
    assert said is None or said[1].get(HEADERS) == block


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (b"17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 7-Jul-2024 02:44:25 +0000", datetime(2024, 7, 7, 2, 44, 25, tzinfo=UTC)),
        (b"01-Jan-0001 00:00:00 +0000", None),
        (b"nonsense", None),
        (None, None),
    ],
)
def test_internal_dates(value: bytes | None, at: datetime | None) -> None:
    assert internal_date(value) == at


def test_labels_that_say_several_things() -> None:
    assert place_of([b"\\Sent", b"\\Trash", None, [b"x"]]) is Place.TRASH
    assert place_of([b"\\Inbox", b"Sent"]) is Place.ORDINARY


def test_undecodable_names_of_folders_keep_their_bytes() -> None:
    for name in (b"caf\xe9", b"&ZZ-", "Größe".encode(), b"&-", b"%2F", b"&2D3cqQ-", b"&2D0-"):
        (stream,) = streams_of([Listed(frozenset(), b"/", name)], gmail=False)
        assert folder_of(stream) == ("mail", name)
        stream.name.encode()
        title_of(name).encode()


def test_a_stream_of_another_kind_is_refused() -> None:
    (stream,) = streams_of([Listed(frozenset(), b"/", b"INBOX")], gmail=False)
    for name in ("INBOX", "other/INBOX", "mail/"):
        with pytest.raises(ProtocolError):
            folder_of(replace(stream, name=name))
