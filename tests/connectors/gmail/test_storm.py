"""One request in ten fails, in every way there is: the end is the same, at the price of some more requests."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from connectors.errors import ProviderUnavailable, RateLimited
from connectors.gmail.connector import MAIL
from models.records import Record
from tests.connectors.gmail.accounts import ADA, Clock, connector, read
from tests.sandbox.google.faults import PARTS, WHOLE, refuse
from tests.sandbox.google.fill import google_mailbox, happen
from tests.sandbox.google.mailbox import plain_mail
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.world import World

UNTIL = datetime(2026, 11, 2, 12, tzinfo=UTC)


def lived(share: float) -> tuple[dict[str, Record], GoogleSandbox]:
    """Read a world and a week that follows it, page by page, with `share` of all requests failing."""
    world = World(11, until=UNTIL, mails=2500)
    clock = Clock()
    mailbox = google_mailbox(world)
    held: dict[str, Record] = {}
    with GoogleSandbox([mailbox], quota_clock=clock) as google:
        google.faults.share = share
        with closing(connector(google, clock, address=mailbox.address, size=5, listing=100)) as account:
            streams = account.streams()
            cursors = {}
            for stream in streams:
                reading = read(account, stream)
                held |= reading.held
                cursors[stream] = reading.cursor
            week = world.later(7)
            happen(mailbox, week.mails, week.meetings, own={mailbox.address, *world.aliases})
            deleted = next(iter(mailbox.messages))
            mailbox.delete(deleted)
            for stream in streams:
                held |= read(account, stream, cursors[stream]).held
        assert not google.failures
        assert MAIL in streams
        return held, google


def test_the_end_is_the_same() -> None:
    calm, undisturbed = lived(0.0)
    stormy, disturbed = lived(0.1)
    assert stormy == calm
    assert set(disturbed.faults.happened) <= {*WHOLE, *PARTS}
    assert len(disturbed.faults.happened) >= 10
    extra = sum(disturbed.requests.values()) / sum(undisturbed.requests.values()) - 1
    print(f"{sum(disturbed.faults.happened.values())} faults, {extra:.0%} more requests")
    assert extra < 1.0
    assert undisturbed.quota.refused == 0


def test_a_part_that_is_refused_has_the_token_renewed(google: GoogleSandbox, clock: Clock) -> None:
    mailbox = google.mailboxes[ADA]
    for number in range(3):
        mail = plain_mail("bo@example.net", [ADA], UNTIL, f"{number}@example.net")
        mailbox.deliver(mail, UNTIL)
    google.faults.then(parts=[WHOLE["401"]] * 4)  # three parts, and one of them again when the client repeats them
    with closing(connector(google, clock)) as account:
        assert len(read(account, MAIL).held) == 3
    assert google.authorization.exchanges == 2


def test_a_pause_that_is_asked_for_is_kept(google: GoogleSandbox, clock: Clock) -> None:
    google.faults.then(WHOLE["429 with Retry-After"])
    with closing(connector(google, clock)) as account:
        read(account, MAIL)
    assert 2 in clock.slept


def test_a_long_pause_is_handed_to_the_worker(google: GoogleSandbox, clock: Clock) -> None:
    google.faults.then(refuse(429, "rateLimitExceeded", "Slow down", retry_after=600))
    with closing(connector(google, clock)) as account, pytest.raises(RateLimited) as error:
        read(account, MAIL)
    assert error.value.retry_after == 600
    assert clock.slept == []


def test_an_outage_that_lasts_is_said(google: GoogleSandbox, clock: Clock) -> None:
    google.faults.then(*[WHOLE["503"]] * 20)
    with closing(connector(google, clock)) as account, pytest.raises(ProviderUnavailable, match=r"google\.unavailable"):
        read(account, MAIL)
    assert clock.now < 120
