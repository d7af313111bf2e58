"""Reasons to write other than a silence: thanks, anniversaries, firms, and who moved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.enums import Touch
from tests.worker.digest.choosing import SILENT, candidate, named, persons, why_not
from tests.worker.pairs import HABITS, NOW, TODAY, DaysAgo, history, regular
from worker.digest.choose.choice import Candidate, Listing
from worker.digest.choose.occasions.season import season_of
from worker.digest.choose.policy import choose
from worker.digest.choose.suppression import Wishes
from worker.digest.choose.together.firms import firm_name
from worker.digest.digest import LineKind
from worker.judgement.facts import at_day, day_of


def introduced(past: DaysAgo) -> Candidate:
    return candidate("dora", history(past, introduced_by="anna", introduced_at=at_day(TODAY - 40)))


ROOTED = [(39, Touch.OUT_ONE), (38, Touch.IN_ONE), (10, Touch.OUT_ONE), (9, Touch.IN_ONE)]


def test_an_introduction_that_took_root_is_thanked_for_once() -> None:
    friend, new = candidate("anna", history(regular(10, 700, 41))), introduced(ROOTED)
    thanks = [line for line in named(friend, new).chosen if line.kind is LineKind.THANKS]
    assert [(line.person, line.about) for line in thanks] == [("anna", "dora")]
    assert "introduced you to dora in October" in thanks[0].why
    earlier_line = Listing("anna", LineKind.THANKS, NOW - timedelta(days=35), None)
    assert LineKind.THANKS not in {line.kind for line in named(friend, new, past=[earlier_line]).chosen}
    before = Listing("anna", LineKind.THANKS, NOW - timedelta(days=90), None)  # of another introduction
    assert LineKind.THANKS in {line.kind for line in named(friend, new, past=[before]).chosen}


def test_nobody_is_thanked_for_whom_the_user_does_not_want_to_hear_of() -> None:
    friend, new = candidate("anna", history(regular(10, 700, 41))), introduced(ROOTED)
    muted = named(friend, new, quiet={"dora": "muted"})
    assert LineKind.THANKS not in {line.kind for line in muted.chosen}
    assert why_not(muted)["anna"] == "about someone who is muted"


@pytest.mark.parametrize("word", [Touch.OUT_ONE, Touch.OUT_COPY, Touch.MET_ONE])
def test_any_word_to_the_introducer_settles_it(word: Touch) -> None:
    friend = candidate("anna", history([*regular(10, 700, 41), (20, word)]))
    assert LineKind.THANKS not in {line.kind for line in named(friend, introduced(ROOTED)).chosen}


@pytest.mark.parametrize("past", [ROOTED[:2], [(39, Touch.IN_ONE), (10, Touch.IN_ONE)], [(39, Touch.IN)]])
def test_what_has_not_taken_root_asks_for_no_thanks(past: DaysAgo) -> None:
    friend = candidate("anna", history(regular(10, 700, 41)))
    assert LineKind.THANKS not in {line.kind for line in named(friend, introduced(past)).chosen}


def test_round_years_are_told_in_their_week_and_only_where_the_beginning_was_seen() -> None:
    five = NOW.replace(year=NOW.year - 5) + timedelta(days=3)
    ago = TODAY - day_of(five)
    friend = candidate("anna", history([*regular(20, ago, 3), (ago, Touch.IN_ONE)]))
    older = candidate("old", history(regular(20, ago + 400, 3)))
    [line] = named(friend, older).chosen
    assert (line.person, line.kind) == ("anna", LineKind.ANNIVERSARY)
    assert line.why == "It's five years this week since you two were first in touch."
    assert LineKind.ANNIVERSARY not in {line.kind for line in named(friend).chosen}  # the history may begin too late


def conference(*years_ago: int) -> DaysAgo:
    """Mail and a meeting in one week, some years ago, three weeks from now in the calendar."""
    return [
        (365 * years - 21 - offset, touch)
        for years in years_ago
        for offset, touch in ((0, Touch.MET), (3, Touch.OUT_ONE), (5, Touch.IN_ONE))
    ]


def test_the_yearly_conference_is_recognised_and_not_called_cold() -> None:
    found = history(conference(1, 2, 3))
    season = season_of([day.day for day in found.days], TODAY)
    assert season is not None
    assert season.comes
    [line] = named(candidate("eve", found)).chosen
    assert line.kind is LineKind.SEASONAL
    assert "every year" in line.why
    # half a year off season nothing is said
    assert season_of([day.day for day in found.days], TODAY - 180) is not None
    assert season_of([day.day for day in history(regular(30, 900, 20)).days], TODAY) is None
    # a year was left out: an ordinary silence again
    assert season_of([day.day for day in history(conference(2, 3)).days], TODAY) is None


def test_an_ended_project_is_one_line_for_the_firm_and_told_once() -> None:
    def colleague(name: str, silent: int) -> Candidate:
        one = candidate(f"{name}@firm.example", history(regular(8, 400, silent)))
        return replace(one, name=name.title(), addresses=(one.person,))

    team = [colleague("ada", 30), colleague("ben", 33), colleague("cleo", 36)]
    [line] = named(*team).chosen
    assert "quiet with others at Firm too" in line.why
    line_before = Listing(line.person, line.kind, NOW, at_day(TODAY - 30), 0.5)
    later = choose(team, [line_before], HABITS, NOW + timedelta(days=7))
    assert later.chosen == ()
    long_ago = [colleague("ada", 200), colleague("ben", 203)]
    assert named(*long_ago).chosen == ()  # an old project is no news, not even in the first letter
    assert "more than half a year ago" in why_not(named(*long_ago))["ada@firm.example"]
    at_work = [colleague("ada", 30), colleague("ben", 33), colleague("dora", 2)]
    assert len(named(*at_work).chosen) == 2  # somebody there is still in touch: each silence is its own


def test_trainees_who_leave_a_house_that_goes_on_are_one_line_and_the_next_ones_another() -> None:
    def colleague(name: str, since: int, silent: int) -> Candidate:
        one = candidate(f"{name}@clinic.example", history(regular(6, since, silent)))
        return replace(one, name=name.title(), addresses=(one.person,))

    here = [colleague("ada", 900, 3), colleague("finn", 900, 32)]
    leavers = [colleague("ben", 210, 30), colleague("cleo", 205, 33), colleague("dora", 200, 36)]
    choice = named(*here, *leavers)
    [line] = [line for line in choice.chosen if line.person != "finn@clinic.example"]
    assert "finn@clinic.example" in persons(choice)  # with years behind them no trainee
    assert "quiet with others at Clinic too" in line.why
    earlier = [colleague("gus", 400, 231), colleague("hal", 400, 233), colleague("ida", 400, 235)]
    line_before = Listing(earlier[0].person, LineKind.COOLING, NOW - timedelta(days=200), at_day(TODAY - 231), 0.5)
    again = choose([*here, *earlier, *leavers], [line_before], HABITS, NOW)
    assert {one.person for one in again.chosen} & {one.person for one in leavers}  # the others were other ones
    assert not {one.person for one in again.chosen} & {one.person for one in earlier[1:]}
    # nor once everybody who stayed is on holiday
    stayed = [colleague("ada", 900, 20), colleague("finn", 900, 24)]
    august = choose([*stayed, *earlier], [line_before], HABITS, NOW)
    assert not {one.person for one in august.chosen} & {one.person for one in earlier}


def test_a_freelancer_belongs_to_a_project_by_the_people_around_them() -> None:
    def one_of(address: str, *circle: str) -> Candidate:
        one = candidate(address, history(regular(6, 210, 31)))
        return replace(one, name=address, addresses=(address,), circle=frozenset(circle))

    house = [one_of("ada@film.example"), one_of("ben@film.example")]
    free = one_of("cleo@cleo.example", *(one.person for one in house))
    stranger = one_of("dora@dora.example", house[0].person)
    choice = named(*house, free, stranger)
    assert len(choice.chosen) == 2
    assert stranger.person in persons(choice)


def test_who_writes_from_two_addresses_is_not_silent_while_one_of_them_is_in_use() -> None:
    office = replace(candidate("eva@office.example", history(regular(12, 700, 50))), name="Eva Linden")
    home = replace(candidate("eva@home.example", history(regular(14, 650, 6))), name="Eva Linden")
    choice = named(office, home)
    assert choice.chosen == ()
    assert "merge" in why_not(choice)[office.person]
    only_theirs = history([(ago, Touch.IN_ONE) for ago in range(6, 650, 14)])
    forged = replace(candidate("eva@evil.example", only_theirs), name="Eva Linden")
    assert persons(named(office, forged)) == [office.person]
    silent = replace(candidate("eva@home.example", history(regular(14, 650, 55))), name="Eva Linden")
    assert len(named(office, silent).chosen) == 1  # both are


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("halcyon.example", "Halcyon"),
        ("mail.keel-advisory.co.uk", "Keel Advisory"),
        ("northwind.com", "Northwind"),
        ("ibm.com", "ibm.com"),
        ("a16z.com", "a16z.com"),
        ("xn--mller-kva.example", "xn--mller-kva.example"),
        ("localhost", "localhost"),
    ],
)
def test_a_firm_is_called_by_its_name_where_the_domain_tells_it(domain: str, name: str) -> None:
    assert firm_name(domain) == name


def test_who_moved_to_another_address_is_neither_lost_nor_new() -> None:
    old = replace(candidate("jonas@old.example", history(regular(9, 700, 60))), name="Jonas Ek")
    new = replace(candidate("jonas@new.example", history(regular(12, 55, 11))), name="Jonas Ek")
    choice = named(old, new)
    assert choice.chosen == ()
    assert [(move.old, move.new) for move in choice.moves] == [(old.person, new.person)]
    lost = replace(candidate("jonas@new.example", history(regular(12, 150, 60))), name="Jonas Ek")
    earlier = replace(candidate("jonas@old.example", history(regular(9, 900, 160))), name="Jonas Ek")
    assert persons(named(earlier, lost)) == ["jonas@new.example"]  # whoever moved may fall silent, too
    strangers_claim = history([(ago, Touch.IN_ONE) for ago in range(5, 55, 12)])
    forged = replace(candidate("jonas@evil.example", strangers_claim), name="Jonas Ek")
    assert persons(named(old, forged)) == ["jonas@old.example"]
    written_once = history([(60, Touch.OUT_ONE), *((ago, Touch.IN_ONE) for ago in range(5, 55, 12))])
    renamed = replace(candidate("jonas@evil.example", written_once), name="Jonas Ek")
    assert persons(named(old, renamed)) == ["jonas@old.example"], "an answer must follow the name"


def test_the_people_around_somebody_tell_who_moved_after_a_long_pause_and_among_namesakes() -> None:
    def bearer(address: str, past: DaysAgo, *circle: str) -> Candidate:
        return replace(candidate(address, history(past)), name="Jonas Ek", circle=frozenset(circle))

    around = ("eva@firm.example", "finn@firm.example", "gita@firm.example")
    old = bearer("jonas@old.example", regular(9, 900, 300), *around)
    new = bearer("jonas@new.example", regular(12, 55, 11), *around[1:])
    stranger = bearer("jonas@far.example", regular(12, 50, 9), "wim@far.example")
    assert [(move.old, move.new) for move in named(old, new).moves] == [(old.person, new.person)]
    assert [(move.old, move.new) for move in named(old, new, stranger).moves] == [(old.person, new.person)]
    assert named(old, stranger).moves == ()
    assert named(replace(old, circle=frozenset(around[:2])), new).moves == (), "one in common is chance"


def test_who_knew_only_an_address_that_the_user_left_is_not_missed() -> None:
    one = candidate("anna", history(SILENT))
    left = choose([one], [], HABITS, NOW, wishes=Wishes(left={"anna": "me@oldworks.example"}))
    assert persons(left) == []
    assert why_not(left) == {"anna": "they knew only me@oldworks.example, which you no longer write from"}
