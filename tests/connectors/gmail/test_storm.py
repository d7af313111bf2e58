"""One request in ten fails, in every way there is: the end is the same, at the price of some more requests."""

from contextlib import closing
from datetime import UTC, datetime

from connectors.gmail.connector import MAIL
from models.records import Record
from tests.connectors.gmail.accounts import Clock, connector, read
from tests.sandbox.google.faults import PARTS, WHOLE
from tests.sandbox.google.fill import google_mailbox, happen
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
