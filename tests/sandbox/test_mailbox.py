"""The files hold what the world says: read back with other people's code, not with ours."""

import mailbox
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import pytest
import recurring_ical_events
from icalendar import Calendar

from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import main, write, write_mbox
from tests.sandbox.world import World

END = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, until=END)


@pytest.fixture(scope="module")
def place(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("box")
    write(world, folder, maildir=True)
    return folder


def test_every_mail_comes_back_from_the_mbox(world: World, place: Path) -> None:
    expected = {mail.message_id: mail for mail in world.mails}
    read = {}
    for name in ("inbox.mbox", "sent.mbox"):
        box = mailbox.mbox(place / name)
        for message in box:
            read[message["Message-ID"].strip("<>")] = message
        box.close()
    assert read.keys() == expected.keys()
    for key, message in read.items():
        mail = expected[key]
        (name, address), *_ = getaddresses([message["From"]])
        assert (str(make_header(decode_header(name))), address) == (mail.sender.name, mail.sender.address)
        assert parsedate_to_datetime(message["Date"]) == mail.at
        assert str(make_header(decode_header(message["Subject"]))) == mail.subject
        to = [address for _, address in getaddresses(message.get_all("To", []))]
        assert to == [box.address for box in mail.to]


def test_lines_that_begin_with_from_are_quoted(place: Path) -> None:
    assert b"\n>From what I remember" in (place / "inbox.mbox").read_bytes()


def test_the_maildir_holds_the_same(world: World, place: Path) -> None:
    box = mailbox.Maildir(place / "Maildir", create=False)
    assert len(box) + len(box.get_folder("Sent")) == len(world.mails)
    box.close()


def test_the_calendar_expands_to_the_occurrences(world: World, place: Path) -> None:
    made = Calendar.from_ical((place / "calendar.ics").read_bytes())
    assert made.walk("VTIMEZONE")
    span = (END - timedelta(days=900), END + timedelta(days=300))
    expanded = {
        (str(event["UID"]), event["DTSTART"].dt)
        for event in recurring_ical_events.of(made).between(*span)
        if event.get("STATUS") != "CANCELLED"
    }
    expected = {
        (meeting.uid, one.starts_at.date() if meeting.all_day else one.starts_at)
        for meeting in world.meetings
        for one in meeting.occurrences
        if not one.cancelled
    }
    assert expanded == expected


def test_answers_and_rooms_are_written(place: Path) -> None:
    text = (place / "calendar.ics").read_bytes().replace(b"\r\n ", b"")
    for part in (b"PARTSTAT=DECLINED", b"PARTSTAT=NEEDS-ACTION", b"CUTYPE=ROOM", b"RECURRENCE-ID;TZID=Europe/Berlin"):
        assert part in text


def test_the_command_writes_a_small_world(tmp_path: Path) -> None:
    main([str(tmp_path / "box"), "--mails", "50", "--until", "2026-11-20"])
    assert {path.name for path in (tmp_path / "box").iterdir()} == {"inbox.mbox", "sent.mbox", "calendar.ics"}


def test_bulk_has_the_promised_proportions(tmp_path: Path) -> None:
    mails = list(bulk(3, 20_000))
    assert [mail.message_id for mail in bulk(3, 20_000)] == [mail.message_id for mail in mails]
    assert len({mail.message_id for mail in mails}) == 20_000
    assert all(one.at <= other.at for one, other in pairwise(mails))
    share = {kind: sum(mail.kind == kind for mail in mails) / 20_000 for kind in ("newsletter", "personal")}
    assert share["newsletter"] == pytest.approx(0.6, abs=0.02)
    assert sum(mail.sent for mail in mails) / 20_000 == pytest.approx(0.12, abs=0.01)
    out = {box.address for mail in mails if mail.sent for box in mail.to}
    both = out & {mail.sender.address for mail in mails if not mail.sent}
    assert 297 <= len(both) <= 300
    starts = sum(mail.kind == "personal" and not mail.references for mail in mails)
    assert share["personal"] * 20_000 / starts == pytest.approx(2.5, abs=0.3)
    assert write_mbox(mails[:100], tmp_path / "bulk.mbox") == 100
