"""The pure parts: which error an answer stands for, uids, windows, and the pace with a clock that is told the time."""

import json
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    CursorExpired,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    TokenRevoked,
)
from connectors.headers import from_pairs
from connectors.outlook.api.pages import Pages
from connectors.outlook.api.wire import Event, Message
from connectors.outlook.calendar import windows
from connectors.outlook.calendar.uid import occurrence_day, series_uid
from connectors.outlook.errors import (
    BadRequest,
    GatewayTimeout,
    NotFound,
    Unauthorised,
    claims_in,
    graph_error,
    sign_in_error,
)
from connectors.outlook.mail.headers import READ, headers_in
from connectors.outlook.rate_limit import RateLimiter
from tests.sandbox.microsoft.diary import occurrence_uid, outlook_uid
from worker.wording.errors.sentence import sentence

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def body(code: str, *inner: str) -> bytes:
    error: dict[str, Any] = {"code": code, "message": "", "innerError": {}}
    at = error["innerError"]
    for each in inner:
        at |= {"code": each, "innerError": {}}
        at = at["innerError"]
    return msgspec.json.encode({"error": error})


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (410, body("Gone"), CursorExpired),
        (410, b"", CursorExpired),
        (400, body("SyncStateNotFound"), CursorExpired),
        (404, body("syncStateNotFound"), CursorExpired),
        (400, body("BadRequest", "generic", "ResyncRequired"), CursorExpired),
        (400, body("SyncStateInvalid"), CursorExpired),
        (401, body("InvalidAuthenticationToken"), Unauthorised),
        (403, body("ErrorAccessDenied"), AccessDenied),
        (403, body("Authorization_RequestDenied"), AccessDenied),
        (404, body("ErrorItemNotFound"), NotFound),
        (404, body("ResourceNotFound"), NotFound),
        (404, body("MailboxNotEnabledForRESTAPI"), ProtocolError),
        (401, body("MailboxNotEnabledForRESTAPI"), ProtocolError),
        (429, body("ApplicationThrottled"), RateLimited),
        (429, b"slow down", RateLimited),
        (500, b"", ProviderUnavailable),
        (502, b"<html>", ProviderUnavailable),
        (503, body("ServiceUnavailable"), ProviderUnavailable),
        (504, body("UnknownError"), GatewayTimeout),
        (400, body("ErrorInvalidUrlQuery"), BadRequest),
        (418, b'{"error": "teapot"}', ProtocolError),
        (302, b"[]", ProtocolError),
    ],
)
def test_what_a_refusal_means(status: int, said: bytes, kind: type[ConnectorError]) -> None:
    error = graph_error(status, {}, said, scope="Mail.ReadBasic")
    assert type(error) is kind
    assert sentence(error).endswith((".", ")."))


@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_named_pause_is_kept_whatever_it_is_called(status: int) -> None:
    error = graph_error(status, {"retry-after": "17"}, b"", scope="")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 17


@given(st.integers(300, 599), st.binary(max_size=60), st.dictionaries(st.sampled_from(["retry-after"]), st.text()))
def test_every_answer_stands_for_some_connector_error(status: int, said: bytes, headers: dict[str, str]) -> None:
    assert isinstance(graph_error(status, headers, said, scope="x"), ConnectorError)


def test_claims_are_found_in_a_challenge_and_only_there() -> None:
    text = 'Bearer realm="", error="insufficient_claims", claims="eyJhIjogMX0"'
    assert claims_in(text) == '{"a": 1}'
    assert claims_in(text.replace("insufficient_claims", "invalid_token")) == ""
    assert claims_in('error="insufficient_claims", claims="é"') == ""


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"error": "invalid_grant"}, TokenRevoked),
        ({"error": "invalid_grant", "suberror": "consent_required"}, TokenRevoked),
        ({"error": "interaction_required", "suberror": "basic_action"}, TokenRevoked),
        ({"error": "access_denied", "error_description": "AADSTS90094: x"}, NeedsReauthorisation),
        ({"error": "invalid_client"}, ProtocolError),
        ({"error": "temporarily_unavailable"}, ProviderUnavailable),
        ({"error": "something_new"}, ProtocolError),
        ({}, ProtocolError),
    ],
)
def test_what_a_refused_sign_in_means(answer: dict[str, str], kind: type[ConnectorError]) -> None:
    assert type(sign_in_error(answer)) is kind


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80), st.datetimes())
def test_any_foreign_uid_is_found_again_in_an_occurrence(uid: str, day: datetime) -> None:
    shown = occurrence_uid(uid, day)
    assert series_uid(shown) == uid
    assert occurrence_day(shown) == day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)


@given(st.integers(0, 2**60), st.datetimes())
def test_exchange_uids_lose_their_day(number: int, day: datetime) -> None:
    assert series_uid(occurrence_uid(outlook_uid(number), day)) == outlook_uid(number)
    assert series_uid(outlook_uid(number).lower()) == outlook_uid(number)


@given(st.text(max_size=200))
def test_no_uid_is_too_odd(uid: str) -> None:
    assert isinstance(series_uid(uid), str)
    assert occurrence_day("040000008200E00074C5B7101A82E008" + uid) is None or uid


@given(st.binary(max_size=80))
def test_bytes_after_the_fixed_ones_never_break(tail: bytes) -> None:
    uid = "040000008200E00074C5B7101A82E008" + tail.hex()
    series_uid(uid)
    occurrence_day(uid)


@given(st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1)), st.integers(0, 2000))
def test_windows_cover_every_moment_once(now: datetime, days: int) -> None:
    now = now.replace(tzinfo=UTC)
    since = now - timedelta(days=days)
    grid = sorted(windows.grid(since, now), key=lambda window: window.start)
    assert grid[0].start <= since
    assert grid[-1].end >= now + windows.AHEAD
    assert all(one.end == other.start for one, other in pairwise(grid))
    assert [windows.named(windows.name(window)) for window in grid] == grid
    nearest = windows.grid(since, now)[0]
    assert nearest.start <= now < nearest.end


def test_near_windows_are_due_each_time_and_old_ones_after_their_rest() -> None:
    grid = windows.grid(NOW - timedelta(days=1100), NOW)
    read_at = {windows.name(window): int(NOW.timestamp()) for window in grid}

    def due(after: timedelta) -> int:
        return len(windows.due(grid, read_at, NOW + after))

    assert len(windows.due(grid, {}, NOW)) == len(grid)
    assert due(timedelta()) < due(timedelta(days=1)) < due(timedelta(days=7)) < due(timedelta(days=30)) == len(grid)
    # read by a clock that was ahead: what came since would else be seen when the time has come that it noted
    assert due(timedelta(minutes=-4)) == len(grid)


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_nothing_starts_before_a_pause_is_over() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.pause(7)
    limiter.pause(3)
    with limiter.slot():
        assert clock.now == 1007


def test_a_long_pause_is_handed_on() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.pause(300)
    with pytest.raises(RateLimited) as refused, limiter.slot():
        pass
    assert refused.value.retry_after == 300
    assert clock.now == 1000


def test_a_pause_that_begins_while_one_waits_for_a_place_is_kept() -> None:
    clock = Clock()
    limiter = RateLimiter(concurrent=1, clock=clock, sleep=clock.sleep)
    started: list[float] = []

    def wait_for_a_place() -> None:
        with limiter.slot():
            started.append(clock.now)

    with limiter.slot():
        other = threading.Thread(target=wait_for_a_place)
        other.start()
        limiter.pause(5)
    other.join(5)
    assert started == [1005]


ITEMS = st.dictionaries(
    st.sampled_from(["id", "subject", "start", "from", "toRecipients", "isDraft"]),
    st.none() | st.text() | st.integers(),
)


@given(st.lists(ITEMS | st.none() | st.integers()), st.sampled_from([Message, Event]))
def test_whatever_a_page_holds_is_told_as_items_or_as_unreadable(items: list[Any], kind: type[Any]) -> None:
    page = Pages(kind).read(msgspec.json.encode({"value": items}), "here")
    assert len(page.items) + len(page.bad) == len(items)


@given(st.binary(max_size=40))
def test_what_is_no_page_is_a_protocol_error(said: bytes) -> None:
    with pytest.raises(ProtocolError):
        Pages(Message).read(said, "here")


NAMES = st.sampled_from(["List-Id", "list-post", "Subject", "Received", 'odd"name', "In-Reply-To", "Precedence"])
HEADERS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "value": st.text() | st.just('","value":"x","name":"List-Id')})
)


@given(HEADERS, st.booleans())
def test_picked_headers_are_those_a_full_decoding_gives(headers: list[dict[str, str]], compact: bool) -> None:
    written = json.dumps(headers, separators=(",", ":") if compact else None, ensure_ascii=False)
    text = written.encode("utf-8", "replace")
    pairs = [(each["name"], each["value"]) for each in json.loads(text) if each["name"].lower() in READ]
    assert headers_in(msgspec.Raw(text)) == from_pairs(pairs)


@pytest.mark.parametrize(
    "text", [b"null", b"[]", b'[{"value":"<x>","name":"List-Id"}]', b'[{"name":"List-Id","of":1,"value":"<x>"}]']
)
def test_headers_in_another_order_are_found_too(text: bytes) -> None:
    assert headers_in(msgspec.Raw(text)) == ({"list-id": "<x>"} if b"List" in text else {})


@pytest.mark.parametrize("text", [b'"x"', b"[1]", b'[{"name":7,"value":"x"}]'])
def test_what_is_no_list_of_headers(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        headers_in(msgspec.Raw(text))
