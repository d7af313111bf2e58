"""Erased is erased: no table and no byte of the file knows a forgotten person, whatever others wrote of them."""

import re
import sqlite3
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Engine

from connectors.caldav.position import Position, ReadMember, cursor_of, name_of
from connectors.vcalendar.keys import key_of, without_address
from connectors.vcalendar.read import records
from models.accounts import StreamState
from models.enums import Channel, Direction, Role
from models.judgement import DigestLine, StoredDigest
from models.packed import ASSESSMENTS, BARE, RECORDS, library
from models.packed import unpacked as plain
from models.records import (
    Attendee,
    BadRecord,
    EmailRecord,
    ExportedPerson,
    ExportedRecord,
    Mailbox,
    MeetingRecord,
    Record,
)
from models.tables import Base
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.ingest.emails import mail, meeting, sent
from tests.worker.ingest.home import ME, NOW, Home
from worker.decisions.erase.person import forget
from worker.ingest.classify.filters import Filters, fingerprint
from worker.ingest.redaction.traces import name_fingerprints, reference, without_traces
from worker.storage.engine import scrub
from worker.storage.transactions import reading, writing

ZOE, HOST = "zoe.quist@quist.example", "quisthost"
BOX, BOB = Mailbox(ZOE, "Zoë Quist"), Mailbox("bob@two.example", "Bob Two")
HERS = f"<7@{HOST}.example>"[1:-1]
#: What must be found nowhere; of her domain alone (others may work there) only her own address.
TRACES = ("zoe.quist", "zoë quist", HOST, "quist.example")


def everything() -> list[Record]:
    """Everything that can tell of her, in mails of hers and of others."""
    when = NOW - timedelta(days=9)
    bob = {"sender": BOB, "sent_at": when}
    people = (ExportedPerson(ZOE, "Zoë Quist", ZOE, Role.FROM), ExportedPerson(BOB.address, "", BOB.address, Role.CC))
    return [
        mail("1", sender=BOX, message_id=HERS),
        mail("2", sender=BOX, cc=(BOB,), thread=f"root@{HOST}.example"),
        sent("3", ZOE),
        sent("4", ZOE, cc=(BOB,), in_reply_to=HERS, thread=HERS),
        mail("5", **bob, thread=HERS, in_reply_to=HERS),
        mail("6", **bob, in_reply_to=f"unseen@{HOST}.example", thread="provider-thread"),
        mail("7", **bob, delivered_to=ZOE),
        mail("8", **bob, cc=(BOX,), reply_to=BOX, list_post=ZOE),
        mail("9", **bob, submitter=BOX, resent_by=BOX),
        mail("10", **bob, subject=f"Fwd: note for Zoë  QUIST and {ZOE.title()}, please"),
        mail("11", sender=Mailbox(BOB.address, f"{ZOE} via Docs"), sent_at=when, signals=(f"return-path={ZOE}",)),
        mail("12", **bob, cc=(Mailbox("cy@three.example", f"Cy for {ZOE}"),), notes=(f"{ZOE} was unreadable",)),
        meeting("13", organizer=BOX, attendees=(Attendee(ME), Attendee(BOB.address)), ical_uid=f"u@{HOST}.example"),
        meeting("14", attendees=(Attendee(ZOE, "Zoë Quist"),), subject="Zoë Quist / me"),
        meeting("15", attendees=(Attendee(BOB.address, f"for {ZOE}"),), subject=f"With Bob, about Zoë Quist ({ZOE})"),
        ExportedRecord(
            "f" * 32, ME, Channel.EMAIL, Direction.IN, when, subject="of Zoë Quist", thread=HERS, message_id=HERS,
            group_size=3, people=people,
        ),
        *(mail(f"b{n}", sender=BOB, sent_at=NOW - timedelta(days=9 * n)) for n in range(4)),
        *(sent(f"c{n}", BOB.address, sent_at=NOW - timedelta(days=9 * n + 2)) for n in range(4)),
    ]  # fmt: skip


def everywhere(engine: Engine) -> Iterator[str]:
    """Every row of every table, as text."""
    with reading(engine) as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                cells = [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in row]
                cells += [text for cell in cells for text in unpacked(cell)]
                yield f"{table.name}: {cells}"


def unpacked(cell: str) -> Iterator[str]:
    """What is written compressed, as positions are."""
    for packed in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", cell):
        with suppress(ValueError, zlib.error):
            yield zlib.decompress(b64decode(packed, validate=True)).decode()


def traces(engine: Engine) -> list[str]:
    return [row for row in everywhere(engine) if any(trace in row.lower() for trace in TRACES)]


def lived(engine: Engine) -> Home:
    home = Home(engine)
    home.deliver(everything())
    home.recompute()
    mails = [("2026-W40", b"Dear, Zo=C3=AB Quist is going cold", NOW), ("2026-W47", b"Zoe.Quist@Quist.example", None)]
    with writing(engine) as connection:
        for period, text, sent_at in mails:
            connection.execute(
                insert(StoredDigest).values(
                    user_id=home.user, period=period, made_at=NOW, document=text, sent_at=sent_at,
                    trouble=None if sent_at else "the mail server is away",
                )
            )  # fmt: skip
            connection.execute(
                insert(DigestLine).values(user_id=home.user, period=period, person=ZOE, kind="cold", at=NOW, position=0)
            )
    return home


#: A key as calendars' were once made, and now; a shared calendar, a folder named after her, a place that names her.
OLD_KEY, ICAL_UID = f"u9@{HOST}.example/20261101T090000Z", f"u9@{HOST}.example"


def placed(home: Home) -> None:
    """Have it lie in places that tell of her: a calendar she shares, a folder of her name, keys made of a UID."""
    home.deliver([meeting(OLD_KEY, organizer=BOX, ical_uid=ICAL_UID)])
    home.deliver([meeting("k", organizer=BOX, ical_uid="k"), mail("f", sender=BOB)], name=f"calendar/{ZOE}")
    home.deliver([BadRecord(f"mine.ics: event {ICAL_UID}, line 3", "broken", "x")])
    with writing(home.engine) as connection:
        at = Position({name_of(f"/dav/{ZOE}/{ICAL_UID}.ics"): ReadMember("1", (key_of(ICAL_UID),))}, token="7")
        row = {"title": "About Zoë Quist", "cursor": cursor_of(at)}
        connection.execute(update(StreamState).where(StreamState.id == home.stream()).values(**row))


def test_no_place_tells_of_a_forgotten_person(engine: Engine) -> None:
    home = lived(engine)
    placed(home)
    forgotten(home)
    assert traces(engine) == []
    home.streams.pop(f"{ME}/calendar/{ZOE}")  # her calendar is not read any more
    [event] = records(
        [("mine.ics", f"BEGIN:VEVENT\nUID:{ICAL_UID}\nDTSTART:20261101T090000Z\nEND:VEVENT".encode())], NOW
    )
    home.deliver([event, BadRecord(f"mine.ics: event {ICAL_UID}, line 3", "broken", "x")])
    assert [row for row in traces(engine) if ICAL_UID not in row or "sightings" not in row] == []


def test_what_a_calendar_says_of_its_own_events_goes_under_a_key_without_a_host() -> None:
    assert key_of("plain-1") == "plain-1"
    assert HOST not in key_of(ICAL_UID)
    assert without_address(OLD_KEY, ICAL_UID) == f"{key_of(ICAL_UID)}/20261101T090000Z"
    assert "@" not in without_address(OLD_KEY, None)


def forgotten(home: Home) -> None:
    with writing(home.engine) as connection:
        forget(connection, home.user, ZOE, home.now)
    home.recompute()


def test_no_row_knows_a_forgotten_person(engine: Engine) -> None:
    home = lived(engine)
    assert len(traces(engine)) > 20
    forgotten(home)
    assert traces(engine) == []
    assert any("bob@two.example" in row for row in everywhere(engine))


def test_nor_does_any_after_everything_is_read_again(engine: Engine) -> None:
    home = lived(engine)
    forgotten(home)
    before = home.tables()
    home.deliver(everything())
    home.deliver([mail("new", sender=BOB, in_reply_to=HERS, thread=HERS, subject="Zoë Quist?", delivered_to=ZOE)])
    home.recompute()
    assert traces(engine) == []
    assert len(home.tables()["interactions"]) == len(before["interactions"]) + 1


def test_no_byte_of_the_file_knows_them(sqlite: Engine, tmp_path: Path) -> None:
    home = lived(sqlite)
    home.deliver(everything())
    scrub(sqlite)
    stored = (tmp_path / "keepwarm.db").read_bytes()
    assert any(ZOE.encode() in text for text in carved(stored))
    forgotten(home)
    scrub(sqlite)
    content = read(tmp_path)
    assert [trace for trace in TRACES if trace.encode() in content] == []
    assert b"bob@two.example" in content


def boxes(folder: Path, *mails: tuple[str, str, str]) -> Path:
    folder.mkdir()
    text = "".join(
        f"From x\nFrom: {sender}\nTo: {to}\nSubject: {subject}\nDate: Fri, {day:02} Nov 2026 09:00:00 +0000\n"
        f"Message-ID: <{day}.{folder.name}@{sender.rpartition('@')[2].strip('>')}>\n\n\n"
        for day, (sender, to, subject) in enumerate(mails, start=1)
    )
    (folder / "all.mbox").write_text(text)
    return folder


def read(place: Path) -> bytes:
    """All that lies in the files of a database, in small letters: as it is, and what unpacks from any byte on."""
    found = [path.read_bytes() for path in place.glob("keepwarm.db*")]
    return b"\n".join([*found, *(text for content in found for text in carved(content))]).lower()


def carved(content: bytes) -> Iterator[bytes]:
    """What was packed and lies anywhere in these bytes, whether a row still points there or not.

    A block does not tell where it ends, nor does a page of the file: every length is tried.
    """
    for place in re.finditer(b"[%b]" % bytes((RECORDS, ASSESSMENTS, RECORDS | BARE, ASSESSMENTS | BARE)), content):
        lengths = range(8, 600) if content[place.start()] & BARE else (8192,)
        for length in lengths:
            with suppress(library().ZstdError):
                text = plain(content[place.start() : place.end() + length])
                if text.startswith(b"{"):
                    yield text


def residue(home: Path, *words: str) -> list[str]:
    content = read(home)
    return [word for word in words if word.encode() in content]


@pytest.mark.parametrize("way", ["disconnect", "remove"])
def test_what_came_from_one_account_alone_goes_with_it(empty: Keepwarm, tmp_path: Path, way: str) -> None:
    me, other = "me@mine.example", "me@second.example"
    bob, zoe = "Bob Two <bob@two.example>", f"Zoe Quist <{ZOE}>"
    first = boxes(tmp_path / "first", *[(bob, me, "hello"), (me, bob, "hello")] * 5)
    second = boxes(tmp_path / "second", *[(zoe, other, "Quistian"), (other, zoe, "Quistian")] * 5)
    assert empty("connect", "archive", first, "--me", me).code == 0
    if way == "remove":
        assert empty("users", "add", other).code == 0
        assert empty("connect", "archive", second, "--me", other, "--user", other).code == 0
        assert empty("digest", "--user", other, "--send", KEEPWARM_SMTP_URL=f"file://{tmp_path / 'sent'}").code == 0
    else:
        assert empty("connect", "archive", second, "--me", other).code == 0
        for word in ("snooze", "mute", "keep", "rest", "block"):
            assert empty(word, ZOE).code == 0, word
        assert empty("digest", "--send", KEEPWARM_SMTP_URL=f"file://{tmp_path / 'sent'}").code == 0
    looked_for = ("quist", other, "zoe")
    assert residue(empty.home, *looked_for)
    words = ("users", "remove", other, "--yes") if way == "remove" else ("disconnect", other, "--erase", "--yes")
    assert empty(*words).code == 0
    assert residue(empty.home, *looked_for) == []
    assert residue(empty.home, "bob@two.example")
    with sqlite3.connect(empty.home / "keepwarm.db") as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
    connection.close()


def test_an_erased_address_stays_ones_own_until_one_says_otherwise(empty: Keepwarm, tmp_path: Path) -> None:
    me, other, bob = "me@mine.example", "me@second.example", "Bob Two <bob@two.example>"
    first = boxes(tmp_path / "first", *[(bob, me, "hello"), (me, bob, "hello"), (me, other, "note")] * 4)
    second = boxes(tmp_path / "second", *[(bob, other, "hello"), (other, bob, "hello")] * 4)

    def others() -> set[str]:
        return {person["person"] for person in empty("people", "--json").json}

    assert empty("connect", "archive", first, "--me", me).code == 0
    assert empty("connect", "archive", second, "--me", other).code == 0
    assert others() == {"bob@two.example"}
    erased = empty("disconnect", other, "--erase", "--yes")
    assert "keepwarm me remove" in erased.out + erased.err
    assert others() == {"bob@two.example"}, "a note to oneself is none to a friend"
    assert empty("me", "remove", other).code == 0
    assert others() == {"bob@two.example", other}


FORGOTTEN = Filters("", forgotten=frozenset({fingerprint(ZOE), *name_fingerprints(["Zoë Quist", "Zoe", "X"])}))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("About Zoë Quist", "About …"),
        ("zoë, quist: hi", "…: hi"),
        ("Zoë Quistgaard and Zoe", "Zoë Quistgaard and Zoe"),
        (f"<{ZOE}> and bob@two.example.", "<…> and bob@two.example."),
        (f"mail {ZOE}.", "mail …"),
        ("Zoe.Quist+tag@quist.example, x@quist.example", "…, x@quist.example"),
        ("", ""),
    ],
)
def test_subjects_lose_addresses_and_full_names(text: str, left: str) -> None:
    assert without_traces(text, FORGOTTEN) == left


@given(st.text())
def test_other_texts_stay_as_they_are_and_nothing_is_done_twice(text: str) -> None:
    once = without_traces(text, FORGOTTEN)
    assert without_traces(once, FORGOTTEN) == once
    named = reference(text)
    assert reference(named) == named


def test_records_know_no_more_fields_with_addresses_than_are_looked_at() -> None:
    """A field that is added to a record must be thought of here, and in redact."""
    assert set(EmailRecord.__struct_fields__) == {
        "key", "message_id", "sender", "to", "cc", "bcc", "reply_to", "submitter", "resent_by", "sent_at", "received_at",
        "subject", "thread", "in_reply_to", "place", "delivered_to", "list_post", "signals", "invitation", "notes",
    } | ADDED_MAIL  # fmt: skip
    assert set(MeetingRecord.__struct_fields__) >= {"organizer", "attendees", "me", "subject", "ical_uid", "notes"}


#: Looked at: they hold no address.
ADDED_MAIL = {"dmarc", "sent_here"}
