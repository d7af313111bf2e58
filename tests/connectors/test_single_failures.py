"""What fails alone costs itself alone, and is tried again; what Gmail filed under a tab is looked at in the end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.history import Unreadable
from tests.connectors.installation import ADA, NOW, Installation
from tests.sandbox.google.mailbox import CATEGORIES, plain_mail
from worker.storage.transactions import reading
from worker.sync.completeness import AccountCount, completeness, unreadable
from worker.sync.deferred import MOST

HOUR = timedelta(hours=1)
ZOE = "zoe@zoe.example"


def arrives(installation: Installation, name: str, at: datetime, *, labels: tuple[str, ...] = ("INBOX",)) -> str:
    headers = plain_mail(f"Zoe <{ZOE}>", [ADA], at, f"{name}@zoe.example")
    return installation.gmail.deliver(headers, at, labels=labels)


def is_sent(installation: Installation, name: str, at: datetime, to: str = ZOE) -> str:
    return installation.gmail.send(plain_mail(ADA, [to], at, f"{name}@example.org"), at)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("later", [False, True])
def test_mail_of_people_under_a_tab_counts(installation: Installation, category: str, later: bool) -> None:
    """Zoe writes in threads of her own, which Gmail files under a tab; the user writes to her in another one."""
    for turn in range(3):
        is_sent(installation, f"mine{turn}", NOW - timedelta(days=30 - turn))
    if later:
        installation.connect("gmail")
        installation.sync()
    for turn in range(3):
        arrives(installation, f"hers{turn}", NOW - timedelta(days=turn), labels=("INBOX", category))
    if not later:
        installation.connect("gmail")
    installation.sync()
    assert installation.mails() == {
        *(f"mine{turn}@example.org" for turn in range(3)),
        *(f"hers{turn}@zoe.example" for turn in range(3)),
    }
    assert not any(stream.deferred for account in _counts(installation) for stream in account.streams)


def test_many_mails_under_tabs_are_fetched_bit_by_bit(installation: Installation) -> None:
    for turn in range(MOST + 10):
        arrives(installation, f"m{turn}", NOW - HOUR * turn, labels=("INBOX", "CATEGORY_UPDATES"))
    installation.connect("gmail")
    counts = []
    for _ in range(3):
        installation.sync()
        counts.append(len(installation.mails()))
    assert counts == [MOST, MOST + 10, MOST + 10]


def test_a_mail_that_is_never_given_is_named_and_tried_again(installation: Installation) -> None:
    ids = [arrives(installation, f"m{turn}", NOW - timedelta(days=turn)) for turn in range(12)]
    installation.gmail.broken = {ids[4]}
    installation.connect("gmail")
    assert all(stream.finished for stream in installation.sync())
    assert installation.mails() == {f"m{turn}@zoe.example" for turn in range(12) if turn != 4}
    assert installation.user
    with reading(installation.runtime.engine) as connection:
        (named,) = unreadable(connection, installation.user)
    assert ids[4] in named.place
    assert "try again" in named.reason
    installation.gmail.broken = set()
    installation.sync()
    assert "m4@zoe.example" in installation.mails()
    with reading(installation.runtime.engine) as connection:
        assert not connection.scalars(select(Unreadable.place)).all()


def _counts(installation: Installation) -> list[AccountCount]:
    assert installation.user
    with reading(installation.runtime.engine) as connection:
        return completeness(connection, installation.user)
