"""The laws of the port (connectors/base.py) as tests: each connector's test module subclasses Contract with its own feed.

A feed is a small world that a connector reads: it can be added to, spoiled and replaced from outside, and it knows what
the connector must find. Write one over whatever the provider really reads (a file, a local server over HTTP).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import msgspec
import pytest

from connectors.base import Connector, Cursor, Page, Stream
from connectors.errors import ConnectorError, CursorExpired
from models.enums import StreamKind
from models.records import BadRecord, Record, Tombstone

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2090, 1, 1, tzinfo=UTC)


class Feed(ABC):
    """What one stream of a connector is fed from. `truth` holds the key of every readable record that is there."""

    truth: set[str]

    @abstractmethod
    def connector(self) -> Connector:
        """A new connector object over this feed, with small pages (2 or 3 records)."""

    @abstractmethod
    def add(self) -> str | None:
        """Put one more readable record into the stream and its key into `truth`."""

    def stream(self) -> Stream:
        """The stream under test: the first."""
        return self.connector().streams()[0]

    def spoil(self) -> bool:
        """Put one unreadable item into the stream; False where the provider cannot show one."""
        return False

    def expire(self) -> bool:
        """Make the cursors given so far unusable (the provider forgot them, the file was rewritten)."""
        return False


def read(feed: Feed, cursor: Cursor | None = None, since: datetime = LONG_AGO) -> list[Page]:
    """All pages after `cursor`, by a new connector."""
    connector = feed.connector()
    return list(connector.changes(feed.stream(), cursor, since=since))


def records(pages: Sequence[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def keys(pages: Sequence[Page]) -> list[str]:
    """Keys of what can be read, in order."""
    return [
        record.key
        for record in records(pages)
        if record.key is not None and not isinstance(record, BadRecord | Tombstone)
    ]


class Contract:
    """Subclass it as `class TestX(Contract)` with a `feed` fixture that gives a Feed holding at least seven records."""

    # Whether adding one record shows that one alone: False for sources that are read again when they change.
    appends: ClassVar[bool] = True
    # What a first read gives whose `since` lies after everything: all (archives) or nothing; None where it may be some.
    gives_all: ClassVar[bool | None] = None

    def test_streams_are_stable_and_unique(self, feed: Feed) -> None:
        first, again = feed.connector().streams(), feed.connector().streams()
        assert first == again
        assert len({stream.name for stream in first}) == len(first) > 0

    def test_start_no_cursor_gives_everything_once(self, feed: Feed) -> None:
        found = keys(read(feed))
        assert set(found) == feed.truth
        assert len(found) == len(feed.truth)

    def test_start_no_cursor_means_from_since(self, feed: Feed) -> None:
        if self.gives_all is None:
            pytest.skip("this provider rounds `since` off")
        assert set(keys(read(feed, since=FAR_AHEAD))) == (feed.truth if self.gives_all else set())

    def test_pages_end_and_only_the_first_begins(self, feed: Feed) -> None:
        pages = read(feed)
        assert len(pages) > 2, "a feed holds several pages"
        assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
        assert [page.begins for page in pages] == [True] + [False] * (len(pages) - 1)

    def test_replay_the_same_cursor_gives_the_same_or_more(self, feed: Feed) -> None:
        for cursor in [None, *(page.cursor for page in read(feed))]:
            first, again = records(read(feed, cursor)), records(read(feed, cursor))
            assert all(record in again for record in first)

    def test_resume_after_any_page_loses_nothing(self, feed: Feed) -> None:
        pages = read(feed)
        for number, page in enumerate(pages):
            before = keys(pages[: number + 1])
            after = keys(read(feed, page.cursor))
            assert set(before) | set(after) == feed.truth

    def test_stopping_after_every_single_page_loses_nothing(self, feed: Feed) -> None:
        found: list[str] = []
        cursor, more, turns = None, True, 0
        while more:
            page = next(iter(feed.connector().changes(feed.stream(), cursor, since=LONG_AGO)))
            found += keys([page])
            cursor, more, turns = page.cursor, page.more, turns + 1
            assert turns < 1000, "the pages never end"
        assert set(found) == feed.truth

    def test_at_the_end_there_is_nothing_more(self, feed: Feed) -> None:
        end = read(feed)[-1].cursor
        again = read(feed, end)
        assert keys(again) == []
        assert not again[-1].more

    def test_growth_shows_the_new_record(self, feed: Feed) -> None:
        end = read(feed)[-1].cursor
        before = set(feed.truth)
        for _ in range(3):
            feed.add()
        pages = read_on(feed, end)
        new = feed.truth - before
        assert len(new) == 3
        assert new <= set(keys(pages))
        if self.appends:
            assert set(keys(pages)) == new
            assert not any(page.begins for page in pages)

    def test_growth_in_the_midst_of_a_listing_loses_nothing(self, feed: Feed) -> None:
        first = next(iter(feed.connector().changes(feed.stream(), None, since=LONG_AGO)))
        feed.add()
        found = set(keys([first])) | set(keys(read_on(feed, first.cursor)))
        assert found >= feed.truth

    def test_values_are_utc_and_free_of_nul(self, feed: Feed) -> None:
        for record in records(read(feed)):
            for value in _values(msgspec.structs.asdict(record)):
                if isinstance(value, datetime):
                    assert value.utcoffset() == timedelta(0), record
                if isinstance(value, str):
                    assert "\0" not in value, record
                    value.encode()

    def test_records_survive_their_encoding(self, feed: Feed) -> None:
        found = records(read(feed))
        coder = msgspec.json.Decoder(list[Record])
        assert coder.decode(msgspec.json.encode(found)) == found

    def test_a_malformed_item_is_a_value_and_the_rest_is_kept(self, feed: Feed) -> None:
        if not feed.spoil():
            pytest.skip("this provider cannot show a malformed item")
        feed.add()
        pages = read(feed)
        bad = [record for record in records(pages) if isinstance(record, BadRecord)]
        assert bad
        assert all(record.where and record.reason for record in bad)
        assert set(keys(pages)) == feed.truth

    def test_a_lost_cursor_is_said_and_a_fresh_start_finds_all(self, feed: Feed) -> None:
        end = read(feed)[-1].cursor
        if not feed.expire():
            pytest.skip("cursors of this provider never expire")
        assert set(keys(read_on(feed, end))) == feed.truth

    def test_a_cursor_it_never_wrote_is_refused(self, feed: Feed) -> None:
        for cursor in ("nonsense", "{}", "[]", '{"at":-1}', '{"at":"x"}'):
            with pytest.raises(ConnectorError):
                read(feed, Cursor(cursor))

    def test_an_unknown_stream_is_a_connector_error(self, feed: Feed) -> None:
        with pytest.raises(ConnectorError):
            list(feed.connector().changes(Stream(StreamKind.MAIL, "no such stream", "none"), None, since=LONG_AGO))


def read_on(feed: Feed, cursor: Cursor) -> list[Page]:
    """What ingest does: go on from `cursor`, and where it has expired start anew, which must say so."""
    try:
        return read(feed, cursor)
    except CursorExpired:
        pages = read(feed)
        assert pages[0].begins
        return pages


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, msgspec.Struct):
        yield from _values(msgspec.structs.asdict(value))
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value
