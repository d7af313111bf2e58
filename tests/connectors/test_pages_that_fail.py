"""A page that its provider never gives costs its own stream alone; that is said, and once it comes nothing is missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from connectors.outlook.calendar.windows import GRID, LENGTH
from models.accounts import Account, StreamState
from models.records import Attendee, Mailbox
from tests.connectors.installation import ADA, NOW, Installation
from tests.sandbox.google.agenda import guest, moment
from tests.sandbox.google.mailbox import plain_mail
from tests.worker.cli.keepwarm import Keepwarm
from worker.sync.stream import read_stream
from worker.sync.trouble import STUCK, Outcome

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZOE = "zoe@zoe.example"
MANY = 12
#: Where a window of the calendar begins that holds the older meetings.
WINDOW = GRID + (NOW - 20 * DAY - GRID) // LENGTH * LENGTH


def outlook_mail(installation: Installation, first: int) -> None:
    mailbox = installation.microsoft.mailbox
    for turn in range(first, first + MANY):
        mailbox.mail.deliver(Mailbox(ZOE, "Zoe"), [mailbox.me], at=NOW - HOUR * turn)
        mailbox.mail.send([Mailbox(ZOE, "Zoe")], at=NOW - HOUR * turn)
        mailbox.diary.meet(NOW - DAY * turn, [Attendee(ZOE)])


def gmail_mail(installation: Installation, first: int) -> None:
    for turn in range(first, first + MANY):
        headers = plain_mail(f"Zoe <{ZOE}>", [ADA], NOW - HOUR * turn, f"m{turn}@zoe.example")
        installation.gmail.deliver(headers, NOW - HOUR * turn)
        at = NOW - DAY * turn - HOUR
        installation.gmail.agenda.primary.put({
            "id": f"event{turn:03}", "iCalUID": f"event{turn}@google.com", "summary": "Lunch", "start": moment(at),
            "end": moment(at + HOUR), "organizer": {"email": ADA, "self": True}, "attendees": [guest(ADA), guest(ZOE)],
        })  # fmt: skip


def stored(installation: Installation) -> tuple[int, int]:
    return len(installation.mails()), len(installation.meetings())


def state_of(installation: Installation, title: str) -> Any:
    """Where a stream stands, and when it is read next."""
    own = (StreamState.title == title,)
    with installation.runtime.engine.connect() as connection:
        return connection.execute(select(StreamState.id, StreamState.cursor, StreamState.due_at).where(*own)).one()


def break_outlook(installation: Installation, what: str) -> None:
    faults = installation.microsoft.mailbox.faults
    inbox = installation.microsoft.mailbox.mail.folder("inbox").id
    faults.broken_as = "500"
    faults.broken = {
        "": "",
        "mail": f"/mailFolders('{inbox}')/messages/delta?$skiptoken",
        "window": f"startDateTime={WINDOW:%Y-%m-%d}",
    }[what]


def break_google(installation: Installation, what: str) -> None:
    installation.google.faults.broken = {
        "": (),
        "mail": ("/history?",),  # its pages are asked for anew from where the last one ended
        "window": ("/calendars/", "/events?", "pageToken="),
    }[what]


PROVIDERS: dict[str, tuple[Callable[[Installation, int], None], Callable[[Installation, str], None]]] = {
    "outlook": (outlook_mail, break_outlook),
    "gmail": (gmail_mail, break_google),
}


@pytest.mark.parametrize("what", ["mail", "window"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_page_that_never_comes_costs_its_stream_alone(installation: Installation, provider: str, what: str) -> None:
    fill, spoil = PROVIDERS[provider]
    installation.microsoft.mailbox.largest_page = installation.gmail.largest_page = 5
    installation.connect(provider)
    fill(installation, 0)
    assert all(stream.finished for stream in installation.sync())
    whole = stored(installation)
    assert whole == ((2 if provider == "outlook" else 1) * MANY, MANY)
    spoil(installation, what)
    fill(installation, MANY)
    standing = installation.sync(full=provider == "outlook")
    left = [stream for stream in standing if not stream.finished]
    assert len(left) == 1, "its stream alone; the exit code is not 0 where one isn't finished"
    assert left[0].trouble
    mails, meetings = stored(installation)
    doubled = 2 * whole[0], 2 * whole[1]
    if what == "mail":
        assert (mails < doubled[0], meetings) == (True, doubled[1])
    else:
        assert (mails, meetings < doubled[1]) == (doubled[0], True)
    shown = Keepwarm(installation.runtime.settings.home)("status", now=installation.now.isoformat())
    assert left[0].trouble in " ".join(shown.out.split())
    spoil(installation, "")
    assert all(stream.finished for stream in installation.sync(after=DAY))
    assert stored(installation) == doubled


def test_a_link_that_broke_for_good_is_given_up_after_a_day(installation: Installation) -> None:
    mailbox = installation.microsoft.mailbox
    installation.connect("outlook")
    outlook_mail(installation, 0)
    assert all(stream.finished for stream in installation.sync())
    outlook_mail(installation, MANY)
    mailbox.delta.expire("broken")
    installation.now += HOUR
    inbox, calendar = state_of(installation, "Posteingang"), state_of(installation, "Calendar")
    with installation.runtime.engine.begin() as connection:  # as after most of a day
        connection.execute(update(StreamState).where(StreamState.id == inbox.id).values(failures=STUCK - 2))
    for given_up in (False, True):
        assert read_stream(installation.runtime, calendar.id, "test", lambda: False) is Outcome.FINISHED
        assert read_stream(installation.runtime, inbox.id, "test", lambda: False) is Outcome.LATER
        after = state_of(installation, "Posteingang")
        assert after.cursor == (None if given_up else inbox.cursor)
        installation.now = after.due_at
    assert read_stream(installation.runtime, inbox.id, "test", lambda: False) is Outcome.FINISHED
    assert len(installation.mails()) == 3 * MANY, "nothing of the inbox is lost; what was sent lately is still to come"


def asked_in_vain(installation: Installation) -> None:
    """As when a stream is asked for between being taken up and leased, and its reading then fails."""
    with installation.runtime.engine.begin() as connection:
        connection.execute(update(StreamState).values(asked_at=installation.now))


def resting(installation: Installation) -> None:
    """As when another stream of the account was told to wait for longer than this one waits after its failure."""
    with installation.runtime.engine.begin() as connection:
        until = installation.now + timedelta(minutes=5)
        connection.execute(update(Account).where(Account.paused_until.is_(None)).values(paused_until=until))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("meanwhile", [asked_in_vain, resting])
def test_a_stream_that_failed_is_read_again_whatever_comes_between(
    installation: Installation, meanwhile: Callable[[Installation], None]
) -> None:
    installation.connect("outlook")
    outlook_mail(installation, 0)
    inbox = installation.microsoft.mailbox.mail.folder("inbox").id
    faults = installation.microsoft.mailbox.faults
    faults.broken_as, faults.broken = "500", f"/mailFolders('{inbox}')/messages/delta"
    installation.on_pause = lambda: meanwhile(installation)
    (left,) = [stream for stream in installation.sync() if not stream.finished]
    assert left.trouble
