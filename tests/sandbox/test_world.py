"""The made-up world keeps its own promises: what is asked for is there, and the same seed tells the same story."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.crowds import LIST
from tests.sandbox.rhythms import HOME
from tests.sandbox.world import TrueInteraction, World, booked_by, held_by, meeting_identity

END = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, until=END)


def test_the_same_seed_tells_the_same_story(world: World) -> None:
    again = World(7, until=END)
    assert (again.mails, again.meetings, again.truth) == (world.mails, world.meetings, world.truth)
    assert World(8, until=END).mails != world.mails


def test_ids_are_unique(world: World) -> None:
    ids = [mail.message_id for mail in world.mails] + [meeting.uid for meeting in world.meetings]
    assert len(set(ids)) == len(ids)


def test_every_true_mail_is_in_the_mailbox_and_by_a_human(world: World) -> None:
    mails = {mail.message_id: mail for mail in world.mails}
    for true in world.truth:
        if true.channel == "email":
            assert mails[true.identity].kind in {"personal", "list"}


@pytest.mark.parametrize("years", [0.2, 1, 1.5, 2, 3])
def test_every_true_meeting_is_in_the_calendar(years: float) -> None:
    world = World(7, until=END, years=years)
    shown = {
        meeting_identity(meeting.uid, one.original_start if meeting.rrule else None)
        for meeting in world.meetings
        for one in meeting.occurrences
    }
    met = {true.identity for true in world.truth if true.channel == "meeting"}
    assert met
    assert met <= shown
    rounds = [meeting for meeting in world.meetings if meeting.title == "Advisory round"]
    assert all(one.starts_at >= world.since for meeting in rounds for one in meeting.occurrences)


def test_every_mail_between_humans_is_true(world: World) -> None:
    true = {one.identity for one in world.truth}
    human = {mail.message_id for mail in world.mails if mail.kind in {"personal", "list"} and not mail.draft}
    assert human == {identity for identity in true if "calendar.example" not in identity}


def test_two_accounts_hold_everything_together_and_share_some(world: World) -> None:
    work, private = (held_by(box, world.mails) for box in (world.owner.address, *world.aliases))
    ids, others = ({mail.message_id for mail in mailbox} for mailbox in (work, private))
    assert ids | others == {mail.message_id for mail in world.mails}
    assert len(ids & others) > 20
    assert 0.1 < len(others) / len(world.mails) < 0.4
    assert 5 < len(booked_by(world.aliases[0], world.meetings)) < len(world.meetings) / 4
    assert {mail.sender.address for mail in work if mail.sent} == {world.owner.address}


def test_about_as_much_as_was_asked_for(world: World) -> None:
    assert 2700 < len(world.mails) < 3300
    kinds = Counter(mail.kind for mail in world.mails)
    assert 0.3 < kinds["personal"] / len(world.mails) < 0.5


def touches(world: World, role: str) -> list[TrueInteraction]:
    people = [person for person in world.people if person.role == role]
    assert people, role
    return [true for true in world.truth for person in people if true.people & person.addresses]


def test_nobody_true_is_the_owner_a_room_or_a_list(world: World) -> None:
    own = {world.owner.address, *world.aliases}
    rooms = {one.address for meeting in world.meetings for one in meeting.attendees if one.resource}
    assert rooms
    for true in world.truth:
        assert true.people
        assert not true.people & (own | rooms | {LIST.address})


@pytest.mark.parametrize(("role", "days"), [("went_cold_recently", 52), ("went_cold_last_winter", 215)])
def test_who_went_cold_stays_silent(world: World, role: str, days: int) -> None:
    last = max(true.at for true in touches(world, role))
    assert days - 3 <= (END - last).days <= days + 3


def test_silent_but_booked(world: World) -> None:
    address = next(person.address for person in world.people if person.role == "cold_but_booked")
    ahead = [
        one.starts_at - END
        for meeting in world.meetings
        if any(guest.address == address for guest in meeting.attendees)
        for one in meeting.occurrences
        if one.starts_at > END
    ]
    assert len(ahead) == 1
    assert 3 < ahead[0].days < 8
    assert (END - max(true.at for true in touches(world, "cold_but_booked"))).days > 40


def test_one_was_met_yesterday(world: World) -> None:
    last = touches(world, "met_yesterday")[-1]
    assert (last.channel, last.at.date()) == ("meeting", END.date() - timedelta(days=1))


def test_who_always_declines_was_never_met(world: World) -> None:
    assert not [true for true in touches(world, "always_declines") if true.channel == "meeting"]


def test_the_introducer_drops_out(world: World) -> None:
    thread = [mail for mail in world.mails if "introducing you two" in mail.subject]
    investor = next(person.address for person in world.people if person.role == "investor")
    shown = [any(box.address == investor for box in (mail.sender, *mail.to, *mail.cc)) for mail in thread]
    assert shown == [True, True, False, False]
    assert [box.address for box in thread[2].bcc] == [investor]


def test_series_have_moved_and_cancelled_occurrences_and_go_on(world: World) -> None:
    weekly = next(meeting for meeting in world.meetings if meeting.rrule and "FREQ=WEEKLY;COUNT" in meeting.rrule)
    assert any(one.cancelled for one in weekly.occurrences)
    assert any(one.starts_at != one.original_start for one in weekly.occurrences)
    assert weekly.occurrences[-1].starts_at > END
    local = {one.original_start.astimezone(HOME).hour for one in weekly.occurrences}
    assert local == {10}, "summer time does not move the meeting on the owner's clock"


def test_what_is_later_continues_the_story(world: World) -> None:
    chapter = world.later(7)
    assert chapter.mails
    assert chapter.meetings
    assert not {mail.message_id for mail in chapter.mails} & {mail.message_id for mail in world.mails}
    assert all(END < (true.ends_at or true.at) <= chapter.until for true in chapter.truth)
    assert any(mail.subject == "It has been too long" for mail in chapter.mails)


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_has_every_scene(seed: int) -> None:
    world = World(seed, until=END)
    kinds = {mail.kind for mail in world.mails}
    assert kinds >= {"bounce", "auto_reply", "invitation", "calendar_reply", "list", "role", "self", "spam"}
    assert any(mail.draft for mail in world.mails)
    assert 330 < sum(one.ends_at <= END for meeting in world.meetings for one in meeting.occurrences) < 430


def test_domains_are_fictional(world: World) -> None:
    for mail in world.mails:
        for box in (mail.sender, *mail.to, *mail.cc):
            assert box.address.endswith(".example") or box.address.endswith(
                ("made.up@gmail.com", "fictional@gmail.com")
            )


@pytest.mark.parametrize(
    ("years", "mails", "noise"),
    [(2, 1, 0.6), (0.3, 400, 0.6), (5, 2000, 0.0), (1, 1000, 0.95), (2, 0, 0.5), (2, 100, 1.0)],
)
def test_any_size_of_world_is_told(years: float, mails: int, noise: float) -> None:
    world = World(1, until=END, years=years, mails=mails, noise=noise)
    assert mails - 20 <= len(world.mails) <= mails * 1.35 + 90
    assert all(world.since <= mail.at <= END for mail in world.mails)
