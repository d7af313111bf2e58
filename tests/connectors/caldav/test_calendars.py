"""Real servers: what was changed, moved and deleted, which collections are read, and who signs in."""

import gc
import random
import weakref
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from connectors.base import Cursor, Page, Stream
from connectors.caldav.auth import connect
from connectors.caldav.connector import CaldavConnector
from connectors.caldav.position import position_of
from connectors.errors import ProtocolError, ProviderUnavailable, TokenRevoked
from models.enums import Response
from models.records import MeetingRecord, Record, Tombstone
from tests.connectors.caldav.servers import DavServer
from tests.connectors.contract import LONG_AGO
from tests.connectors.ical.feeds import ME, NOW
from tests.connectors.insisting import insisting
from tests.connectors.relay import relay


def stream_at(server: DavServer, path: str) -> Stream:
    return next(stream for stream in server.connector().streams() if stream.name.endswith(path))


def read(server: DavServer, stream: Stream, cursor: Cursor | None = None, *, page: int = 50) -> list[Page]:
    return list(server.connector(page=page).changes(stream, cursor, since=LONG_AGO))


def records(pages: list[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def meetings(pages: list[Page]) -> dict[str, MeetingRecord]:
    return {each.key: each for each in records(pages) if isinstance(each, MeetingRecord)}


def gone(pages: list[Page]) -> set[str]:
    return {each.key for each in records(pages) if isinstance(each, Tombstone)}


def test_changed_deleted_and_new_events(server: DavServer, path: str) -> None:
    for number in range(5):
        server.put(path, f"m{number}", NOW + timedelta(days=number))
    stream = stream_at(server, path)
    first = read(server, stream, page=2)
    assert set(meetings(first)) == {f"m{number}" for number in range(5)}
    server.put(path, "m1", NOW + timedelta(days=50))
    server.put(path, "new", NOW)
    server.delete(path, "m3")
    news = read(server, stream, first[-1].cursor)
    assert gone(news) == {"m3"}
    assert set(meetings(news)) == {"m1", "new"}
    assert meetings(news)["m1"].starts_at == NOW + timedelta(days=50)
    assert records(read(server, stream, news[-1].cursor)) == []


def test_a_series_made_shorter_takes_its_other_dates_away(server: DavServer, path: str) -> None:
    server.put(path, "weekly", NOW, "RRULE:FREQ=WEEKLY;COUNT=5")
    stream = stream_at(server, path)
    first = read(server, stream)
    assert len(meetings(first)) == 5
    server.put(path, "weekly", NOW, "RRULE:FREQ=WEEKLY;COUNT=2", "SEQUENCE:1")
    news = read(server, stream, first[-1].cursor)
    assert len(meetings(news)) == 2
    assert gone(news) == set(meetings(first)) - set(meetings(news))


def test_an_endless_series_is_laid_out_further_when_the_month_turns(server: DavServer, path: str) -> None:
    server.put(path, "weekly", NOW, "RRULE:FREQ=WEEKLY")
    server.put(path, "once", NOW)
    stream = stream_at(server, path)
    first = read(server, stream)
    server.now += timedelta(days=31)
    news = read(server, stream, first[-1].cursor)
    assert set(meetings(news)) > {key for key in meetings(first) if key.startswith("weekly")}
    assert "once" not in meetings(news)
    assert gone(news) == set()


def test_a_token_that_is_no_longer_known_loses_nothing(server: DavServer, path: str) -> None:
    for number in range(4):
        server.put(path, f"m{number}", NOW + timedelta(days=number))
    stream = stream_at(server, path)
    end = read(server, stream)[-1].cursor
    kept = msgspec.json.decode(end)
    server.put(path, "new", NOW)
    server.delete(path, "m0")
    for token in ("http://radicale.org/ns/sync/0000", "deadbeef" * 5, "nonsense"):
        strange = Cursor(msgspec.json.encode({**kept, "token": token}).decode())
        news = read(server, stream, strange)
        assert (set(meetings(news)), gone(news)) == ({"new"}, {"m0"})
        assert position_of(news[-1].cursor).token not in {"", token}


def test_what_went_while_a_first_reading_was_broken_off_is_gone(server: DavServer, path: str) -> None:
    for number in range(6):
        server.put(path, f"m{number}", NOW + timedelta(days=number))
    stream = stream_at(server, path)
    page = next(iter(server.connector(page=2).changes(stream, None, since=LONG_AGO)))
    (one, other) = meetings([page])
    server.delete(path, one)
    rest = read(server, stream, page.cursor)
    assert gone(rest) == {one}
    assert set(meetings(rest)) == {f"m{number}" for number in range(6)} - {one, other}


def test_a_calendar_that_was_deleted_says_that_its_meetings_are_gone(server: DavServer, path: str) -> None:
    server.put(path, "m", NOW)
    stream = stream_at(server, path)
    end = read(server, stream)[-1].cursor
    server.delete(path)
    pages = read(server, stream, end)
    assert gone(pages) == {"m"}
    assert records(read(server, stream, pages[-1].cursor)) == []


def test_people_are_kept_and_content_is_not(server: DavServer, path: str) -> None:
    server.put(path, "m", NOW, "DESCRIPTION:the secret plan", "ATTACH:https://x.example/secret plan", "LOCATION:there")
    (record,) = meetings(read(server, stream_at(server, path))).values()
    assert [(each.address, each.response) for each in record.attendees] == [("ann@example.org", Response.ACCEPTED)]
    assert "secret" not in repr(record)
    assert record.own_calendar


def test_ended_long_ago_is_passed_over(server: DavServer, path: str) -> None:
    server.put(path, "old", NOW - timedelta(days=500))
    server.put(path, "late", NOW)
    stream = stream_at(server, path)
    pages = list(server.connector().changes(stream, None, since=NOW - timedelta(days=100)))
    assert set(meetings(pages)) == {"late"}
    again = list(server.connector().changes(stream, pages[-1].cursor, since=NOW - timedelta(days=90)))
    assert records(again) == []


def test_connecting_names_the_calendars(server: DavServer, path: str) -> None:
    grant = connect(server.access())
    title = path.strip("/").rpartition("/")[2].title()
    assert title in grant.notes[0]
    assert grant.address == ME
    assert "right & wrong" not in repr(grant)
    assert [stream.title for stream in CaldavConnector(grant.credentials).streams()].count(title) == 1


def test_the_way_from_the_bare_address_and_from_the_home(server: DavServer, path: str) -> None:
    for start in ("/", "/mira/", path):
        titles = {stream.title for stream in CaldavConnector(server.access(path=start).encoded()).streams()}
        assert path.strip("/").rpartition("/")[2].title() in titles


def test_a_wrong_password_is_tried_once(server: DavServer) -> None:
    if server.kind != "radicale":
        pytest.skip("xandikos lets everybody in")
    secret = server.access("wrong").encoded()
    connectors = [CaldavConnector(secret), CaldavConnector(secret)]
    for connector in connectors * 2:
        with pytest.raises(TokenRevoked, match=r"calendar\.wrong_password"):
            connector.streams()


def test_where_several_share_keepwarm_private_servers_are_refused(server: DavServer) -> None:
    with pytest.raises(ProtocolError, match=r"network\.private"):
        connect(server.access(), private=False)


@pytest.mark.parametrize("seed", range(2))
def test_a_tenth_of_all_pieces_lost_and_the_end_is_the_same(server: DavServer, path: str, seed: int) -> None:
    for number in range(25):
        server.put(path, f"m{number}", NOW + timedelta(days=number))
    server.put(path, "weekly", NOW, "RRULE:FREQ=WEEKLY;COUNT=30")
    whole = records(read(server, stream_at(server, path)))
    chance = random.Random(seed)
    with relay(server.port, lambda _: chance.random() < 0.1) as tap:
        access = replace(server.access(), url=f"http://127.0.0.1:{tap.port}/")

        def opened() -> tuple[CaldavConnector, Stream]:
            connector = CaldavConnector(access.encoded(), clock=lambda: NOW, page=4)
            return connector, next(each for each in connector.streams() if each.name.endswith(path))

        while tap.broken < 4:  # how many pieces there are is the network's choice: now and then none of them is lost
            found = insisting(opened)
            assert {each.key: each for each in found} == {each.key: each for each in whole}


def test_a_broken_reading_leaves_no_connection_behind(server: DavServer) -> None:
    # Given a collector that seldom runs, as in the worker
    gc.collect()
    gc.disable()
    try:
        with relay(server.port, lambda _: True) as tap:
            connector = CaldavConnector(replace(server.access(), url=f"http://127.0.0.1:{tap.port}/").encoded())
            with pytest.raises(ProviderUnavailable):
                connector.streams()
            web = weakref.ref(connector.dav.web)
            del connector
            # Then nothing but the connector has held its connections open
            assert web() is None
    finally:
        gc.enable()
