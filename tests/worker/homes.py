"""A home with a history in it, made through the product's own ingest: what export and command tests start from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from connectors.base import Cursor, Page
from models.accounts import StreamState
from models.enums import Place, Provider, Response, StreamKind
from models.records import Attendee, EmailRecord, Mailbox, MeetingRecord, Record
from worker.accounts.store import ensure_account
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.ingest.commit import commit_page
from worker.ingest.learn import add_own_addresses, filters_of
from worker.queue.leases import Lease
from worker.storage.transactions import writing
from worker.sync.recompute import recompute

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ME = "me@mine.example"
ANNA = Mailbox("anna.berg@north.example", "Anna Berg")
ANNA_AT_HOME = Mailbox("anna@home.example", "Anna Berg")
BEN = Mailbox("ben@south.example", "Ben Ochoa")


def open_home(place: Path, now: datetime = NOW) -> Runtime:
    """Open an installation in a folder, with a clock that stands still."""
    return open_runtime(Settings(home=place, _env_file=None), lambda: now)  # type: ignore[call-arg]  # pydantic's own


def live(runtime: Runtime, records: Sequence[Record], me: str = ME) -> int:
    """Have a user who was shown these records, in one archive; returns the user's id."""
    now = runtime.clock()
    with writing(runtime.engine) as connection:
        user = add_user(connection, me, now)
        account = ensure_account(connection, user, Provider.ARCHIVE, me, runtime)
        add_own_addresses(connection, user, [me], why="you said so", account_id=account)
        stream = connection.execute(
            insert(StreamState)
            .values(
                user_id=user, account_id=account, kind=StreamKind.FILE, name="all", title="all", round=0,
                sweeping=False, unfinished=True, failures=0, retired=False, fence=0, interval=120,
            )
            .returning(StreamState.id)
        ).scalar_one()  # fmt: skip
        page = Page(records=records, cursor=Cursor("end"), more=False, begins=True, listed=len(records))
        commit_page(connection, Lease(stream, user, 0), page, filters_of(connection, user, me, keep_subjects=True), now)
    recompute(runtime, user)
    return user


def mail(
    number: int, sender: Mailbox, *to: Mailbox, days: float, subject: str | None = "Words", cc: Sequence[Mailbox] = ()
) -> EmailRecord:
    """A mail so many days before NOW."""
    return EmailRecord(
        key=f"mail-{number}",
        message_id=f"{number}@mails.example",
        sender=sender,
        to=to,
        cc=tuple(cc),
        sent_at=NOW - timedelta(days=days),
        subject=subject,
        place=Place.SENT if sender.address == ME else Place.ORDINARY,
    )


def meeting(number: int, *others: Mailbox, days: float, subject: str = "Coffee", me: str = ME) -> MeetingRecord:
    """An hour the user organised, so many days before NOW (negative: ahead)."""
    start = NOW - timedelta(days=days)
    return MeetingRecord(
        key=f"meeting-{number}",
        ical_uid=f"{number}@meetings.example",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        organizer=Mailbox(me),
        attendees=tuple(Attendee(one.address, one.name, Response.ACCEPTED) for one in others),
        subject=subject,
    )


def friendship(me: str = ME) -> list[Record]:
    """A year and a half with Anna every ten days, a little with Ben, and a meeting booked with Anna."""
    mine = Mailbox(me, "Me")
    records: list[Record] = []
    for number, days in enumerate(range(4, 540, 10)):
        pair = (mine, ANNA) if number % 2 else (ANNA, mine)
        records.append(mail(number, pair[0], pair[1], days=days, subject=f"Plans {number}"))
    records += [mail(900, BEN, mine, days=200), mail(901, mine, BEN, days=199, cc=[ANNA])]
    records += [meeting(1, ANNA, days=30, me=me), meeting(2, ANNA, BEN, days=90, me=me)]
    records.append(meeting(3, ANNA, days=-5, subject="Lunch", me=me))
    return records
