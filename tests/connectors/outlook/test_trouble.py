"""A service in trouble: refusals, outages, broken connections, crowds; nothing is lost and no pause is broken."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from connectors.base import Cursor, Stream
from connectors.errors import AccessDenied, ConnectorError, ProtocolError, ProviderUnavailable, RateLimited, Transient
from connectors.outlook.calendar.stream import STREAM
from connectors.outlook.rate_limit import RateLimiter
from models.records import Attendee, EmailRecord, Mailbox, Record
from tests.connectors.outlook.account import NOW, SINCE, Account

ANNA = Mailbox("anna@example.org", "Anna")


def insist(account: Account, stream: Stream) -> list[Record]:
    """Read a stream to its end as the worker does: go on from the last page's cursor whenever it fails for a while."""
    received: list[Record] = []
    cursor: Cursor | None = None
    for _ in range(300):
        try:
            for page in account.connector(page=7).changes(stream, cursor, since=SINCE):
                received += page.records
                cursor = page.cursor
        except Transient:
            continue
        return received
    raise AssertionError("it never ended")


def test_a_storm_of_faults_loses_and_doubles_nothing(account: Account) -> None:
    mailbox = account.sandbox.mailbox
    mailbox.faults.rate, mailbox.faults.retry_after = 0.1, 0
    keys = [mailbox.mail.deliver(ANNA, [mailbox.me], at=NOW - timedelta(hours=n)) for n in range(150)]
    for n in range(20):
        mailbox.diary.meet(NOW - timedelta(days=n), [Attendee(ANNA.address)])
    mails = [each.key for each in insist(account, account.folder("inbox"))]
    assert len(mails) == len(set(mails)) == len(keys)
    assert len({each.key for each in insist(account, STREAM)}) == 20
    assert mailbox.faults.requests > 50


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("503 bare", ProviderUnavailable),
        ("504", ProviderUnavailable),
        ("nonsense", ProviderUnavailable),
        ("cut off", ProviderUnavailable),
        ("401", ProviderUnavailable),
        ("hang up", ProviderUnavailable),
        ("teapot", ProtocolError),
        ("mailbox", ProtocolError),
        ("denied", AccessDenied),
    ],
)
def test_what_is_said_of_trouble_that_lasts(account: Account, kind: str, error: type[ConnectorError]) -> None:
    account.sandbox.mailbox.faults.script.extend([kind] * 20)
    with pytest.raises(error, match=r"^microsoft\."):
        account.read(STREAM)


@pytest.mark.parametrize("kind", ["503 bare", "nonsense", "cut off", "401", "hang up"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_passing_fault_is_tried_again_at_once(account: Account, kind: str, times: int) -> None:
    account.sandbox.mailbox.diary.meet(NOW, [Attendee(ANNA.address)])
    account.sandbox.mailbox.faults.script.extend(["pass", *[kind] * times])
    assert any(page.records for page in account.read(STREAM))
    assert not account.sandbox.mailbox.faults.script


def test_a_page_that_takes_too_long_is_asked_for_in_smaller_ones(account: Account) -> None:
    mailbox = account.sandbox.mailbox
    for _ in range(150):
        mailbox.mail.deliver(ANNA, [], at=NOW)
    mailbox.faults.script.extend(["pass", "504", "pass", "504"])
    pages = account.read(account.folder("inbox"), page=1000)
    assert sum(len(page.records) for page in pages) == 150
    assert max(len(page.records) for page in pages) <= 63
    mailbox.faults.script.extend(["pass", "504"] * 4)
    with pytest.raises(ProviderUnavailable, match=r"microsoft\.too_slow"):
        account.read(account.folder("inbox"), page=1000)


def test_a_connection_that_broke_once_is_tried_again(account: Account) -> None:
    account.sandbox.mailbox.faults.script.append("hang up")
    assert account.read(STREAM)
    account.sandbox.mailbox.faults.script.extend(["hang up"] * 4)
    with pytest.raises(ProviderUnavailable, match=r"microsoft\.unreachable"):
        account.read(STREAM)


def test_a_pause_is_sat_out_to_the_second(account: Account) -> None:
    faults = account.sandbox.mailbox.faults
    faults.script.extend(["429", "503", "pass", "429"])
    assert account.read(STREAM)
    assert faults.early == 0


def test_a_long_pause_is_handed_to_the_worker_and_holds_for_the_whole_account(account: Account) -> None:
    faults = account.sandbox.mailbox.faults
    faults.retry_after = 120
    faults.script.append("429")
    with pytest.raises(RateLimited) as refused:
        account.read(STREAM)
    assert 119 < refused.value.retry_after <= 120
    asked = faults.requests
    with pytest.raises(RateLimited):
        account.read(account.folder("inbox"))
    assert faults.requests == asked


def test_parts_of_a_batch_that_must_wait_are_asked_again(account: Account) -> None:
    faults, mail = account.sandbox.mailbox.faults, account.sandbox.mailbox.mail
    keys = [mail.deliver(ANNA, [], at=NOW - timedelta(days=1)) for _ in range(20)]
    _, cursor = account.news(account.folder("inbox"))
    for key in keys:
        mail.change(key, subject="new")
    faults.script = deque(["part:pass", "part:429", "part:503 bare"])
    received, _ = account.news(account.folder("inbox"), cursor)
    assert [each.subject for each in received if isinstance(each, EmailRecord)] == ["new"] * 20
    assert faults.early == 0


def test_a_token_that_runs_out_in_the_midst_of_a_batch(account: Account) -> None:
    faults = account.sandbox.mailbox.faults
    faults.script = deque(["part:pass", "part:401"])
    asked = len(account.sandbox.entra.asked)
    assert account.connector().streams()
    assert [each["endpoint"] for each in account.sandbox.entra.asked[asked:]] == ["token"]
    faults.script = deque(["part:401"] * 200)
    with pytest.raises(ProviderUnavailable):  # the sign-in still stands: nobody is asked to connect again
        account.connector().streams()


def test_never_more_than_four_at_once_however_many_read(account: Account) -> None:
    faults = account.sandbox.mailbox.faults
    faults.delay = 0.02
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda _: account.read(STREAM), range(8)))
    assert faults.crowded == 0
    assert faults.most_in_flight == 4


def test_no_request_breaks_a_pause_however_many_read(account: Account) -> None:
    faults = account.sandbox.mailbox.faults
    account.limiter = RateLimiter(concurrent=1)  # so that none is under way when the refusal is given
    faults.script.extend(["pass"] * 20 + ["429"] + ["pass"] * 10 + ["503"])
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(lambda _: account.read(STREAM), range(4)))
    assert faults.early == 0
    assert not faults.script


def test_a_link_to_another_server_is_not_followed(account: Account) -> None:
    cursor = Cursor('{"link": "https://localhost:1/v1.0/me/mailFolders/x/messages/delta?$deltatoken=1"}')
    with pytest.raises(ProtocolError, match=r"microsoft\.other_server"):
        account.read(account.folder("inbox"), cursor)


def test_pages_that_go_round_in_circles(account: Account) -> None:
    mailbox = account.sandbox.mailbox
    for _ in range(9):
        mailbox.mail.deliver(ANNA, [], at=NOW)
    mailbox.delta.odd = False
    mailbox.delta.circles = True
    with pytest.raises(ProtocolError, match=r"microsoft\.same_page_twice"):
        account.read(account.folder("inbox"), page=2)
