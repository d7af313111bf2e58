"""An outsider can write anything to the user, but changes nothing about anybody else: a hundred hostile emails at a time."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.enums import Place, Response
from models.judgement import StoredAssessment, UserHabits
from models.people import Address, OwnAddress, Person
from models.records import Attendee, EmailRecord, Mailbox, MeetingRecord, Record
from tests.worker.ingest.emails import ANN, BOB, BOB_HOME, CY, mail, meeting, sent, through
from tests.worker.ingest.home import ME, NOW, Home
from worker.digest.history import leaves
from worker.identity.merges import automatic_merges
from worker.judgement.keep.stored import unpacked

DAY = timedelta(days=1)
LIST = "talk@lists.example"
EVIL = ("x@evil.example", "anna@evil.example", "no-reply@evil.example")
#: Somebody the user has answered once, long ago.
EVE = "eve@evil.example"
KNOWN = (ANN, BOB, BOB_HOME, CY)


def life() -> list[Record]:
    """Two friends, one of them with two addresses, somebody written to once, a list, and one's own sent mail."""
    records: list[Record] = []
    for n in range(12):
        ago = NOW - (60 + 9 * n) * DAY
        records += [mail(f"a{n}", sent_at=ago), sent(f"sa{n}", sent_at=ago + DAY)]
        records += [mail(f"b{n}", sender=Mailbox(BOB, "Bob Two"), sent_at=ago), sent(f"sb{n}", BOB, sent_at=ago + DAY)]
    records += [sent("cy", CY, sent_at=NOW - 200 * DAY), *through(LIST), sent("list", LIST, sent_at=NOW - 20 * DAY)]
    records += [
        mail("one", sender=Mailbox(BOB, "Bob Two"), cc=(Mailbox(BOB_HOME, "Bob Two"),), sent_at=NOW - 150 * DAY),
        mail("two", sender=Mailbox(BOB_HOME, "Bob Two"), reply_to=Mailbox(BOB, "Bob Two"), sent_at=NOW - 149 * DAY),
        sent("three", BOB_HOME, sent_at=NOW - 148 * DAY),
        sent("four", EVE, sent_at=NOW - 140 * DAY),
        meeting("m", starts_at=NOW - 50 * DAY),
    ]
    return records


def state(home: Home) -> dict[str, Any]:
    """Everything that is concluded about everybody but the outsiders."""

    def others(address: str) -> bool:
        return not address.endswith("evil.example")

    with home.engine.connect() as connection:
        judged = connection.execute(
            select(StoredAssessment.person, StoredAssessment.document).where(StoredAssessment.user_id == home.user)
        ).all()
        merges = automatic_merges(connection, home.user)
        away = leaves(connection, home.user, NOW)
    return {
        "own": home.rows(OwnAddress, "address", "why"),
        "people": [row for row in home.rows(Person, "key", "name") if row[0] in KNOWN],
        "addresses": [
            row for row in home.rows(Address, "address", "kind", "person", "name") if row[0] in (*KNOWN, LIST)
        ],
        "judged": {
            person: msgspec.json.decode(unpacked(found))["assessment"] for person, found in judged if others(person)
        },
        "habits": home.rows(UserHabits, "document"),
        "merges": merges,
        "away": away,
    }


_known = st.sampled_from(KNOWN)
_names = st.sampled_from(("", "Ann One", "Bob Two", "Two, Bob", "Eve"))
_evil = st.builds(Mailbox, st.sampled_from((*EVIL, EVE)), _names)
_anybody = st.builds(Mailbox, st.sampled_from((*KNOWN, *EVIL, ME, LIST)), _names)
_when = st.integers(0, 40).map(lambda days: NOW - days * DAY)
_ids = st.sampled_from((None, "ma1@one.example", "ssa1@own.example", "mtwo@one.example", "fresh@evil.example"))
_headers: dict[str, st.SearchStrategy[Any]] = {
    "message_id": _ids,
    "reply_to": st.none() | _anybody,
    "submitter": st.none() | _anybody,
    "resent_by": st.none() | _anybody,
    "delivered_to": st.just(ME),
    "sent_at": _when,
    "received_at": _when,
    "subject": st.sampled_from((None, "Hello", "Intro: Ann <> Bob", "Out of office", "No more digests, please: x")),
    "thread": st.none() | _ids,
    "in_reply_to": _ids,
    "list_post": st.none() | _known | st.just(ME),
    "signals": st.sets(
        st.sampled_from(
            ("list-id", "precedence=list", "auto-submitted=auto-replied", "automatic-reply", "report", "return-path=<>")
        )
    ).map(lambda marks: tuple(sorted(marks))),
    "invitation": st.booleans(),
    "place": st.sampled_from((Place.INBOX, Place.ORDINARY, Place.TRASH)),
}


def _emails() -> st.SearchStrategy[EmailRecord]:
    """From themselves under any name, to anybody; or in anybody's name, which the provider's check refuses."""
    mine = st.just((Mailbox(ME),)) | _evil.map(lambda box: (Mailbox(ME), box))
    everybody = st.lists(_anybody, max_size=4).map(tuple)
    open_ = st.builds(EmailRecord, key=st.just(""), sender=_evil, to=mine | everybody, cc=everybody, **_headers)
    posing = st.builds(
        EmailRecord, key=st.just(""), sender=_anybody, to=mine, cc=everybody, dmarc=st.just("fail"), **_headers
    )
    return open_ | posing


def _invitations() -> st.SearchStrategy[MeetingRecord]:
    """To anything, with anybody named as coming; the user's own answer is the calendar's to give."""
    guests = st.lists(
        st.builds(Attendee, _known, _names, st.sampled_from((Response.ACCEPTED, Response.NONE))),
        max_size=4,
        unique_by=lambda one: one.address,
    )
    return st.builds(
        lambda uid, organizer, others, days: MeetingRecord(
            "",
            ical_uid=uid,
            starts_at=NOW + days * DAY,
            ends_at=NOW + days * DAY + DAY / 24,
            organizer=organizer,
            attendees=(Attendee(ME), *others),
        ),
        st.sampled_from(("evil1", "evil2", "evil3")),
        _evil,
        guests,
        st.integers(-60, 120),
    )


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # a hundred emails are long
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(_emails() | _invitations(), min_size=100, max_size=100))
def test_a_hundred_hostile_emails_change_nothing_about_anybody_else(hostile: list[EmailRecord | MeetingRecord]) -> None:
    home = Home()
    home.deliver(life())
    home.recompute()
    before = state(home)
    assert {row[0] for row in before["people"]} == {ANN, BOB_HOME, CY}, "the list is nobody, Bob is one"
    assert len(before["merges"]) == 1
    home.deliver([msgspec.structs.replace(one, key=f"h{n}") for n, one in enumerate(hostile)])
    home.recompute()
    after = state(home)
    for what, found in before.items():
        assert after[what] == found, what
