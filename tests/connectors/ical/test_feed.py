"""Subscribed calendars: what changed, what is believed to be gone, what an address is and shows, and what is refused."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor, Page, Stream
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
)
from connectors.ical.auth import Feeds, connect, feed_of, feeds_of, owner_of
from connectors.ical.connector import IcalConnector
from models.enums import Response
from models.records import MeetingRecord
from tests.connectors.contract import LONG_AGO
from tests.connectors.ical.feeds import ME, NOW, Published, Subscribed
from tests.connectors.insisting import insisting
from tests.connectors.relay import relay
from tests.sandbox.http import Server


def read(subscribed: Subscribed, cursor: Cursor | None = None, *, page: int = 1000) -> list[Page]:
    connector = subscribed.connector(page=page)
    (stream,) = connector.streams()
    return list(connector.changes(stream, cursor, since=LONG_AGO))


def keys(pages: list[Page]) -> set[str | None]:
    return {record.key for page in pages for record in page.records}


def gone(pages: list[Page], stored: dict[str, datetime]) -> set[str]:
    """What ingest takes for gone of what it has stored: what a window covers and its page does not show."""
    return {
        key
        for page in pages
        for key, at in stored.items()
        if page.covers and page.covers.start <= at < page.covers.end and key not in keys([page])
    }


@pytest.fixture
def stored(subscribed: Subscribed) -> dict[str, datetime]:
    """Nine weekly meetings, four of them past."""
    times = {f"m{week}": NOW + timedelta(days=7 * week - 28, hours=3) for week in range(9)}
    for uid, at in times.items():
        subscribed.published.add(uid, at)
    return times


@pytest.mark.parametrize("page", [1, 2, 3, 1000])
def test_an_event_between_others_that_is_missing_is_gone(
    subscribed: Subscribed, stored: dict[str, datetime], page: int
) -> None:
    end = read(subscribed, page=page)[-1].cursor
    del subscribed.published.events["m6"]
    assert gone(read(subscribed, end, page=page), stored) == {"m6"}


@pytest.mark.parametrize("page", [2, 1000])
def test_a_window_that_moves_on_takes_nothing_away(subscribed: Subscribed, page: int) -> None:
    times = {f"m{month}": NOW + timedelta(days=30 * month) for month in range(-12, 13)}
    for uid, at in times.items():
        subscribed.published.add(uid, at)
    end = read(subscribed)[-1].cursor
    for month in (*range(-12, -2), *range(7, 13)):  # Outlook's published calendars are cut at about six months
        del subscribed.published.events[f"m{month}"]
    lost = gone(read(subscribed, end, page=page), times)
    assert not lost


def test_the_next_meeting_is_believed_to_be_gone_though_nothing_follows(subscribed: Subscribed) -> None:
    stored = {"past": NOW - timedelta(days=9), "next": NOW + timedelta(days=3), "far": NOW + timedelta(days=200)}
    for uid, at in stored.items():
        subscribed.published.add(uid, at)
    end = read(subscribed)[-1].cursor
    subscribed.published.events = {"past": subscribed.published.events["past"]}
    assert gone(read(subscribed, end), stored) == {"next"}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("body", [b"", b"<!doctype html><p>Sign in", b"BEGIN:VCARD\r\nEND:VCARD", b"{}", b"   \r\n"])
def test_what_is_no_calendar_deletes_nothing(subscribed: Subscribed, body: bytes) -> None:
    end = read(subscribed)[-1].cursor
    subscribed.published.body = body
    with pytest.raises(ProviderUnavailable, match=r"calendar\.not_calendar_data"):
        read(subscribed, end)


def test_an_empty_or_cut_calendar_deletes_nothing(subscribed: Subscribed, stored: dict[str, datetime]) -> None:
    end = read(subscribed)[-1].cursor
    whole = subscribed.published.text()
    for body in (
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        whole[: len(whole) // 2],
        whole.replace(b"END:VCALENDAR", b""),
    ):
        subscribed.published.body = body
        assert gone(read(subscribed, end), stored) == set()
    subscribed.published.body, subscribed.published.cut = None, True
    with pytest.raises(ProviderUnavailable):
        read(subscribed, end)


@pytest.mark.usefixtures("stored")
def test_a_copy_made_anew_is_not_a_change(subscribed: Subscribed) -> None:
    first = read(subscribed)
    again = read(subscribed, first[-1].cursor)
    assert [page.records for page in again] == [()]
    assert len(subscribed.published.asked) == 2
    versions = {record.version for page in first for record in page.records if isinstance(record, MeetingRecord)}
    assert {version.written_at for version in versions if version} == {None}


@pytest.mark.usefixtures("stored")
def test_the_server_is_asked_for_changes_only(subscribed: Subscribed) -> None:
    subscribed.published.etags = True
    end = read(subscribed)[-1].cursor
    assert keys(read(subscribed, end)) == set()
    assert "if-none-match" in subscribed.published.asked[-1].headers
    subscribed.published.add("new", NOW + timedelta(days=1))
    assert "new" in keys(read(subscribed, end))


@pytest.mark.usefixtures("stored")
def test_it_is_asked_once_an_hour_at_most(subscribed: Subscribed) -> None:
    end = read(subscribed)[-1].cursor
    subscribed.published.now -= timedelta(minutes=30)
    assert keys(read(subscribed, end)) == set()
    assert len(subscribed.published.asked) == 1


def test_a_series_is_laid_out_further_when_the_month_turns(subscribed: Subscribed) -> None:
    subscribed.published.add("weekly", NOW, "RRULE:FREQ=WEEKLY")
    first = read(subscribed)
    subscribed.published.now += timedelta(days=31)
    assert keys(read(subscribed, first[-1].cursor)) > keys(first)


def test_descriptions_and_attachments_are_dropped_and_people_kept(subscribed: Subscribed) -> None:
    subscribed.published.add(
        "x", NOW, "DESCRIPTION:the secret plan\r\n which goes on\r\n and on", "ATTACH;VALUE=BINARY:c2VjcmV0",
        "X-ALT-DESC;FMTTYPE=text/html:<p>the secret plan", "LOCATION:here", people=("ann@example.org", "ben@example.org"),
    )  # fmt: skip
    (record,) = (record for page in read(subscribed) for record in page.records)
    assert isinstance(record, MeetingRecord)
    assert [(each.address, each.response) for each in record.attendees] == [
        ("ann@example.org", Response.ACCEPTED),
        ("ben@example.org", Response.ACCEPTED),
    ]
    assert "secret plan" not in repr(record)
    assert record.subject == "Meeting x"


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (401, {}, AccessDenied),
        (403, {}, AccessDenied),
        (404, {}, AccessDenied),
        (410, {}, AccessDenied),
        (429, {"Retry-After": "7"}, RateLimited),
        (500, {}, ProviderUnavailable),
        (503, {"Retry-After": "7"}, RateLimited),
        (418, {}, ProtocolError),
        (302, {"Location": "https://elsewhere.example/"}, ProtocolError),
        (302, {"Location": "/again"}, ProtocolError),
    ],
)
def test_what_refusals_mean(
    subscribed: Subscribed, status: int, headers: dict[str, str], kind: type[ConnectorError]
) -> None:
    subscribed.published.status, subscribed.published.headers = status, headers
    with pytest.raises(kind) as caught:
        read(subscribed)
    assert type(caught.value) is kind
    assert "private" not in str(caught.value), "the secret address shows in no words"
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == 7


def test_connecting_says_how_many_events_name_people(subscribed: Subscribed) -> None:
    subscribed.published.add("a", NOW)
    subscribed.published.add("b", NOW, people=())
    grant = connect(subscribed.url, ME, now=NOW)
    assert grant.notes == ("1 of its 2 events name people.",)
    assert feeds_of(grant.credentials).feeds[0].url == subscribed.url
    assert subscribed.url not in repr(grant)
    del subscribed.published.events["a"]
    assert "doesn't show whom you met" in connect(subscribed.url, ME, now=NOW).notes[0]


def test_whose_calendar_it_is_must_be_known(subscribed: Subscribed) -> None:
    with pytest.raises(NeedsReauthorisation, match=r"calendar\.whose"):
        connect(subscribed.url, None, now=NOW)


def test_googles_address_says_whose_it_is_and_keeps_its_name_when_it_is_reset() -> None:
    one = "https://calendar.google.com/calendar/ical/mira%40mail.example/private-0a1b/basic.ics"
    other = one.replace("0a1b", "ffff")
    assert owner_of(one) == ME
    assert (
        owner_of("https://calendar.google.com/calendar/ical/x%40group.calendar.google.com/private-1/basic.ics") is None
    )
    feeds = Feeds(ME).adding(feed_of(one)).adding(feed_of(other))
    assert [feed.url for feed in feeds.feeds] == [other]
    assert len(feeds.adding(feed_of("https://x.example/c.ics")).feeds) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/x.ics",
        "ftp://x.example/",
        "calendar.ics",
        "",
        "https://",
        "file:///etc/passwd",
        "http://10.0.0.1/x",
    ],
)
def test_only_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(ProtocolError):
        feed_of(url)


def test_webcal_means_https() -> None:
    assert feed_of(" webcal://x.example/c.ics ").url == "https://x.example/c.ics"


def test_where_several_share_keepwarm_private_servers_are_refused(subscribed: Subscribed) -> None:
    subscribed.published.add("a", NOW)
    with pytest.raises(ProtocolError, match=r"network\.private"):
        connect(subscribed.url, ME, private=False, now=NOW)
    assert subscribed.published.asked == []


def test_two_calendars_of_one_person_are_two_streams() -> None:
    one, other = Published(), Published()
    one.add("a", NOW)
    other.add("b", NOW)
    with Server(one.answer) as first, Server(other.answer) as second:
        secret = connect(f"http://127.0.0.1:{first.port}/a.ics", ME, now=NOW).credentials
        secret = connect(f"http://127.0.0.1:{second.port}/b.ics", ME, before=secret, now=NOW).credentials
        connector = IcalConnector(secret, clock=lambda: datetime(2026, 6, 16, tzinfo=UTC))
        found = [list(connector.changes(stream, None, since=LONG_AGO)) for stream in connector.streams()]
    assert [keys(pages) for pages in found] == [{"a"}, {"b"}]


@pytest.mark.parametrize("seed", range(3))
def test_a_tenth_of_all_pieces_lost_and_the_end_is_the_same(subscribed: Subscribed, seed: int) -> None:
    for number in range(400):
        subscribed.published.add(f"m{number}", NOW + timedelta(hours=number))
    whole = [record for page in read(subscribed) for record in page.records]
    chance = random.Random(seed)
    port = int(subscribed.url.split(":")[2].split("/")[0])
    with relay(port, lambda _: chance.random() < 0.1) as tap:
        secret = Feeds(ME).adding(feed_of(subscribed.url.replace(str(port), str(tap.port)))).encoded()

        def opened() -> tuple[IcalConnector, Stream]:
            connector = IcalConnector(secret, clock=lambda: NOW, page=20)
            return connector, connector.streams()[0]

        found = insisting(opened)
    assert {each.key: each for each in found} == {each.key: each for each in whole}
