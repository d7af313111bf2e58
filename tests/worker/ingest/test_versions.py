"""A meeting in several calendars, some of them stale: the latest version says when it is and who is in it."""

from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import MeetingStatus, Response
from models.history import Interaction, Participation, Sighting
from models.records import Attendee, MeetingRecord, Tombstone, Version
from tests.worker.ingest.emails import ANN, BOB, meeting, versions
from tests.worker.ingest.home import ME, NOW, Home
from worker.ingest.copies.versions import ranks

JULY = NOW - timedelta(days=60)
LATER = JULY + timedelta(days=7)
BEFORE = JULY - timedelta(days=20)


def meeting_at(at: datetime, sequence: int | None, written: int | None = None, **more: Any) -> MeetingRecord:
    """A meeting of one uid at `at`, as of a version; `written` is in days."""
    stamp = None if written is None else BEFORE + timedelta(days=written)
    return meeting(ical_uid="u", starts_at=at, version=Version(sequence, stamp), **more)


def home_of(*records: MeetingRecord) -> Home:
    """A home whose calendars each tell one of the records, in this order."""
    home = Home()
    for record in records:
        home.deliver([record], name=f"calendar {record.version} {record.status} {record.starts_at} {record.attendees}")
    home.recompute()
    return home


def times(home: Home) -> list[tuple[datetime, datetime]]:
    return [(row[0], row[1]) for row in home.rows(Interaction, "occurred_at", "ends_at")]


def outcomes(home: Home) -> list[str]:
    return sorted(f"{outcome} {reason or ''}".strip() for outcome, reason in home.rows(Sighting, "outcome", "reason"))


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        ((meeting_at(JULY, 0, 1), meeting_at(LATER, 1, 2)), LATER),
        ((meeting_at(LATER, 0, 1), meeting_at(JULY, 1, 2)), JULY),  # moved to an earlier day
        (
            (meeting_at(JULY, 0, 9), meeting_at(LATER, 1, 2)),
            LATER,
        ),  # SEQUENCE before time: a stale copy may have been touched
        ((meeting_at(JULY, 0, 1), meeting_at(LATER, 0, 2)), LATER),
        ((meeting_at(JULY, None, 1), meeting_at(LATER, None, 2)), LATER),
        ((meeting_at(JULY, 0, 1), meeting_at(LATER, None, 2)), LATER),  # Graph knows no SEQUENCE
        ((meeting_at(JULY, None, 1), meeting_at(LATER, 0, 2)), LATER),
        ((meeting_at(JULY, 0, 1), meeting_at(JULY + HOUR, 1, 2), meeting_at(LATER, 2, 3)), LATER),
        ((meeting_at(JULY, None), meeting_at(LATER, 1, 2)), LATER),  # a record of before versions were kept
    ],
)
def test_begin_and_end_are_those_of_the_latest_version(copies: tuple[MeetingRecord, ...], expected: datetime) -> None:
    for order in permutations(copies):
        home = home_of(*order)
        assert times(home) == [(expected, expected + HOUR)]
        assert outcomes(home) == ["held", *["skipped superseded"] * (len(copies) - 1)]


def test_without_versions_begin_and_end_are_from_one_telling() -> None:
    for order in permutations((meeting_at(JULY, None), meeting_at(LATER, None))):
        assert times(home_of(*order)) == [(JULY, JULY + HOUR)]


def test_a_cancellation_elsewhere_supersedes_the_stale_copy() -> None:
    for order in permutations((meeting_at(JULY, 0, 1), meeting_at(JULY, 1, 2, status=MeetingStatus.CANCELLED))):
        home = home_of(*order)
        assert times(home) == []
        assert outcomes(home) == ["skipped cancelled", "skipped superseded"]


def test_an_older_cancellation_does_not_undo_what_was_planned_anew() -> None:
    for order in permutations((meeting_at(JULY, 1, 1, status=MeetingStatus.CANCELLED), meeting_at(LATER, 2, 2))):
        assert times(home_of(*order)) == [(LATER, LATER + HOUR)]


def test_calendars_that_agree_are_all_kept() -> None:
    bob = (Attendee(ME, "", Response.ACCEPTED), Attendee(BOB, "", Response.ACCEPTED))
    home = home_of(meeting_at(JULY, 0, 1), meeting_at(JULY, 0, 5, attendees=bob))
    assert outcomes(home) == ["held", "held"]
    assert {row[0] for row in home.rows(Participation, "address")} == {ANN, BOB}


def test_who_was_taken_off_the_list_was_not_there() -> None:
    bob = (Attendee(ME, "", Response.ACCEPTED), Attendee(BOB, "", Response.ACCEPTED))
    for order in permutations((meeting_at(JULY, 0, 1), meeting_at(JULY, 1, 2, attendees=bob))):
        home = home_of(*order)
        assert {row[0] for row in home.rows(Participation, "address")} == {BOB}
        assert outcomes(home) == ["held", "skipped superseded"]


def test_where_the_latest_names_nobody_the_last_that_does_says_who() -> None:
    nameless = meeting_at(LATER, 1, 3, organizer=None, attendees=())
    for order in permutations((meeting_at(JULY, 0, 1), nameless)):
        home = home_of(*order)
        assert times(home) == [(LATER, LATER + HOUR)]
        assert {row[0] for row in home.rows(Participation, "address")} == {ANN}


def test_what_is_no_meeting_supersedes_nothing() -> None:
    for kind in ("reply", "superseded"):
        home = home_of(meeting_at(JULY, 0, 1), meeting_at(LATER, 5, 9, not_a_meeting=kind))
        assert times(home) == [(JULY, JULY + HOUR)]


def test_a_deleted_copy_leaves_the_other_calendar_alone() -> None:
    home = Home()
    home.deliver([meeting_at(JULY, 0, 1)], name="one")
    home.deliver([meeting_at(JULY, 0, 2)], name="other")
    home.deliver([Tombstone("1", JULY - HOUR)], name="one")
    assert times(home) == [(JULY, JULY + HOUR)]
    assert outcomes(home) == ["held", "skipped cancelled"]


@given(st.lists(versions().map(lambda one: one or Version()), min_size=1, max_size=8), st.randoms())
def test_the_order_of_versions_does_not_depend_on_how_they_are_told(found: list[Version], dice: Random) -> None:
    before = dict(zip(found, ranks(found), strict=True))
    mixed = list(found)
    dice.shuffle(mixed)
    assert dict(zip(mixed, ranks(mixed), strict=True)) == before
    for one, other in permutations(found, 2):
        if one.sequence is not None and other.sequence is not None and one.sequence > other.sequence:
            assert before[one] > before[other]
