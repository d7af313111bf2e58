"""A message that Gmail answers with a 500 each time costs itself alone, wherever it is met; an outage is an outage."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import UNAVAILABLE
from connectors.errors import ProviderUnavailable
from connectors.gmail.connector import MAIL, GmailConnector
from models.records import BadRecord, EmailRecord, Tombstone
from tests.connectors.gmail.accounts import ADA, LONG_AGO, Clock, connector, read
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def account(google: GoogleSandbox, clock: Clock) -> Iterator[GmailConnector]:
    with closing(connector(google, clock, size=5)) as made:
        yield made


def deliver(mailbox: GoogleMailbox, count: int, *, threads: bool, sent: bool = False) -> list[str]:
    ids = []
    for turn in range(count):
        answers = f"m{turn - 1}@bo.example" if threads and turn % 3 else None
        headers = plain_mail("bo@bo.example", [ADA], NOON - DAY * turn, f"m{turn}@bo.example", reply_to=answers)
        labels = ("SENT",) if sent and turn % 3 == 2 else ("INBOX",)
        ids.append(mailbox.deliver(headers, NOON - DAY * turn, labels=labels))
    return ids


@pytest.mark.parametrize("broken", [0, 4, 11])
@pytest.mark.parametrize(("threads", "sent"), [(False, False), (True, False), (True, True)])
def test_in_a_first_reading(
    account: GmailConnector, mailbox: GoogleMailbox, threads: bool, sent: bool, broken: int
) -> None:
    ids = deliver(mailbox, 12, threads=threads, sent=sent)
    mailbox.broken = {ids[broken]}
    found = read(account, MAIL)
    assert {record.key for record in found.of(EmailRecord)} == set(ids) - mailbox.broken
    (bad,) = found.of(BadRecord)
    assert (bad.key, bad.reason) == (ids[broken], UNAVAILABLE)


@pytest.mark.parametrize("broken", [0, 11])
def test_where_the_horizon_is_looked_for(account: GmailConnector, mailbox: GoogleMailbox, broken: int) -> None:
    ids = deliver(mailbox, 12, threads=False)
    mailbox.broken = {ids[broken]}
    found = read(account, MAIL, since=NOON - 30 * DAY)
    assert {record.key for record in found.of(EmailRecord)} == set(ids) - mailbox.broken


def test_among_what_is_new(account: GmailConnector, mailbox: GoogleMailbox) -> None:
    first = read(account, MAIL)
    ids = deliver(mailbox, 12, threads=False)
    mailbox.broken = {ids[4]}
    found = read(account, MAIL, first.cursor)
    assert {record.key for record in found.of(EmailRecord)} == set(ids) - mailbox.broken
    assert [bad.key for bad in found.of(BadRecord)] == [ids[4]]


def test_it_is_fetched_once_it_is_given(account: GmailConnector, mailbox: GoogleMailbox) -> None:
    ids = deliver(mailbox, 3, threads=False)
    mailbox.broken = {ids[1]}
    read(account, MAIL)
    mailbox.broken = set()
    mailbox.delete(ids[2])
    records = [record for some in account.fetch(MAIL, ids[1:]) for record in some]
    assert [type(record) for record in records] == [EmailRecord, Tombstone]


def test_an_outage_is_no_single_failure(
    google: GoogleSandbox, account: GmailConnector, mailbox: GoogleMailbox, clock: Clock
) -> None:
    ids = deliver(mailbox, 12, threads=False)
    pages = account.changes(MAIL, None, since=LONG_AGO)
    next(pages)
    mailbox.broken = set(ids)
    google.faults.share, google.faults.kinds = 1.0, ("500",)
    with pytest.raises(ProviderUnavailable):
        list(pages)
    assert clock.now < 300
