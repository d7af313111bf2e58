"""Being named in copy by somebody brings one nearer to the user only while the two are two-way."""

from datetime import timedelta

from models.enums import Touch
from models.history import Participation
from models.people import Address
from models.records import EmailRecord, Mailbox
from tests.worker.ingest.emails import BOB, CY, mail, sent
from tests.worker.ingest.home import NOW, Home
from worker.ingest.meetings.retired import erase_streams
from worker.storage.transactions import writing

DAY = timedelta(days=1)


def naming(writer: str, key: str = "cc") -> EmailRecord:
    copied = (Mailbox(CY, "Cy as Others Say"),)
    return mail(key, sender=Mailbox(writer, "Bob Two"), cc=copied, sent_at=NOW - 20 * DAY)


def between(writer: str) -> list[EmailRecord]:
    """Two exchanges, a month apart."""
    return [
        one
        for ago in (80, 50)
        for one in (
            mail(f"{writer}{ago}", sender=Mailbox(writer, "Bob Two"), sent_at=NOW - ago * DAY),
            sent(f"to {writer}{ago}", writer, sent_at=NOW - (ago - 1) * DAY),
        )
    ]


def touch_of_cy(home: Home) -> list[int | None]:
    return [touch for address, touch in home.rows(Participation, "address", "touch") if address == CY]


def name_of_cy(home: Home) -> str:
    names: dict[str, str] = dict(home.rows(Address, "address", "name"))
    return names.get(CY, "")


def test_a_friend_is_believed_whichever_comes_first() -> None:
    first, last = Home(), Home()
    first.deliver([naming(BOB)])
    first.recompute()
    assert (touch_of_cy(first), name_of_cy(first)) == ([Touch.NAMED], "")
    first.deliver(between(BOB))
    first.recompute()
    last.deliver(between(BOB))
    last.recompute()
    last.deliver([naming(BOB)])
    last.recompute()
    assert (touch_of_cy(first), name_of_cy(first)) == ([Touch.SEEN], "Cy as Others Say")
    assert first.tables() == last.tables()


def test_who_was_a_friend_of_an_erased_account_is_an_outsider_again() -> None:
    home = Home()
    home.deliver([naming(BOB)])
    home.deliver(between(BOB), name="other")
    home.recompute()
    assert touch_of_cy(home) == [Touch.SEEN]
    with writing(home.engine) as connection:
        erase_streams(connection, home.user, [home.stream(name="other")])
    home.recompute()
    assert touch_of_cy(home) == [Touch.NAMED]
