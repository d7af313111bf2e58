"""A sandbox for each test; whatever it answered must have fitted the discovery documents."""

from collections.abc import Iterator

import pytest

from tests.connectors.gmail.accounts import ADA, Clock
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def google(clock: Clock) -> Iterator[GoogleSandbox]:
    with GoogleSandbox([GoogleMailbox(ADA)], quota_clock=clock) as sandbox:
        yield sandbox
        assert not sandbox.failures


@pytest.fixture
def mailbox(google: GoogleSandbox) -> GoogleMailbox:
    return google.mailboxes[ADA]
