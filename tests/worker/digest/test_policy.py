"""Who is named in a digest: scenarios a person would recognise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from models.enums import Stage, Touch
from tests.worker.pairs import BOOK, CIRCLE, HABITS, NOW, TODAY, Told, history, regular
from worker.digest.choose.choice import Candidate, Choice, Listing
from worker.digest.choose.occasions.firms import firm_name
from worker.digest.choose.occasions.season import season_of
from worker.digest.choose.policy import BUDGET, choose, may_be_named
from worker.digest.choose.record import lasted, own_record
from worker.digest.choose.suppression import Wishes
from worker.digest.digest import LineKind
from worker.judgement.assess import assess
from worker.judgement.facts import Day, History, at_day, day_of, habits_of

SILENT = regular(10, 700, 45)


def candidate(person: str, found: History, *, complete: bool = True, resting: bool = False) -> Candidate:
    return Candidate(person, found, assess(found, HABITS, BOOK, NOW, complete=complete, resting=resting))


def named(*people: Candidate, past: Sequence[Listing] = (), quiet: dict[str, str] | None = None) -> Choice:
    return choose(people, past, HABITS, NOW, wishes=Wishes(quiet=quiet or {}))


def persons(choice: Choice) -> list[str]:
    return [line.person for line in choice.chosen]


def why_not(choice: Choice) -> dict[str, str]:
    return {one.person: one.why for one in choice.suppressed}


def test_a_silence_out_of_the_ordinary_is_named_with_its_reason_and_a_step() -> None:
    choice = named(candidate("anna", history(SILENT)), candidate("ben", history(regular(10, 700, 4))))
    [line] = choice.chosen
    assert (line.person, line.kind in {LineKind.COLD, LineKind.COOLING}) == ("anna", True)
    assert line.why == "You're usually in touch about every 10 days. It's been 6 weeks, the longest gap so far."
    assert line.step.endswith(".")
    assert line.last.wrote_at is not None
    assert line.evidence == ("e1", "e2")


def test_nobody_met_last_week_or_meeting_next_week_is_named() -> None:
    met = candidate("anna", history([*SILENT, (5, Touch.MET_ONE)]))
    booked = candidate("ben", history(SILENT, next_meeting_at=NOW + timedelta(days=6)))
    choice = named(met, booked)
    assert persons(choice) == []
    assert why_not(choice) == {"ben": "a meeting is booked for 24 November"}


def test_a_meeting_cancelled_without_a_new_date_is_no_hindrance_any_more() -> None:
    assert persons(named(candidate("ben", history(SILENT, next_meeting_at=NOW + timedelta(days=6))))) == []
    assert persons(named(candidate("ben", history(SILENT)))) == ["ben"]


def test_who_is_no_reason_by_themselves_is_neither_named_nor_left_out() -> None:
    """What `explain` says of them needs no look at anybody else."""
    shapes = [(every, since, silent) for every in (4, 30, 365) for since in (100, 1830) for silent in (3, 20, 60, 330)]
    people = [
        candidate(f"{every} {since} {silent}", history(regular(every, since, silent)))
        for every, since, silent in shapes
    ]
    choice = named(*people)
    spoken_of = set(persons(choice)) | set(why_not(choice))
    reasons = {one.person for one in people if may_be_named(one, NOW)}
    assert set() < spoken_of <= reasons < {one.person for one in people}


def test_a_hole_in_the_data_names_nobody() -> None:
    assert persons(named(candidate("anna", history(SILENT), complete=False))) == []


@pytest.mark.parametrize("why", ["muted", "snoozed until 2026-12-01"])
def test_who_is_quiet_is_left_out_with_the_reason(why: str) -> None:
    choice = named(candidate("anna", history(SILENT)), quiet={"anna": why})
    assert (persons(choice), why_not(choice)) == ([], {"anna": why})


def test_who_rests_is_left_out() -> None:
    assert persons(named(candidate("anna", history(SILENT), resting=True))) == []


def test_nobody_is_named_again_without_news() -> None:
    told = Listing("anna", LineKind.COLD, NOW - timedelta(days=14), at_day(TODAY - 45), 0.6)
    choice = named(candidate("anna", history(SILENT)), past=[told])
    assert persons(choice) == []
    assert "nothing new since" in why_not(choice)["anna"]


def test_a_word_of_thanks_in_between_is_no_news_of_the_silence() -> None:
    told = Listing("anna", LineKind.COLD, NOW - timedelta(days=21), at_day(TODAY - 45), 0.6)
    thanked = Listing("anna", LineKind.THANKS, NOW - timedelta(days=7), at_day(TODAY - 45))
    assert persons(named(candidate("anna", history(SILENT)), past=[told, thanked])) == []


def test_a_silence_within_the_usual_is_not_named() -> None:
    """However likely the model holds it to last: somebody heard of every two months is not late after two."""
    slow, late = (candidate("anna", history(regular(60, 1400, silent))) for silent in (62, 110))
    assert slow.assessment.cold_probability is not None
    assert slow.assessment.cold_probability > 0.5
    assert (persons(named(slow)), persons(named(late))) == ([], ["anna"])


def test_what_was_lost_long_before_keepwarm_came_is_no_news_unless_it_had_deep_roots() -> None:
    shallow = candidate("anna", history([(ago + 330, touch) for ago, touch in regular(25, 150, 0)]))
    friend = candidate("ben", history(regular(5, 1400, 200)))
    assert (shallow.assessment.stage, friend.assessment.stage) == (Stage.GROWING, Stage.ROOTED)
    came = choose([shallow, friend], [], HABITS, NOW, wishes=Wishes(listening_since=NOW - timedelta(days=7)))
    assert persons(came) == ["ben"]
    assert why_not(came) == {"anna": "silent since long before keepwarm came"}
    listened = choose([shallow, friend], [], HABITS, NOW, wishes=Wishes(listening_since=NOW - timedelta(days=600)))
    assert sorted(persons(listened)) == ["anna", "ben"]


def test_a_new_silence_is_news() -> None:
    told = Listing("anna", LineKind.COLD, NOW - timedelta(days=90), at_day(TODAY - 120), 0.6)
    assert persons(named(candidate("anna", history(SILENT)), past=[told])) == ["anna"]


def test_an_owner_on_holiday_is_not_told_of_silences() -> None:
    everybody = [history([(ago + 12, touch) for ago, touch in regular(every, 900, 1)]) for every in (1, 2, 3, 5)]
    silent = history(SILENT)
    habits = habits_of([*everybody, silent], NOW)
    one = Candidate("anna", silent, assess(silent, habits, BOOK, NOW))
    choice = choose([one], [], habits, NOW)
    assert persons(choice) == []
    assert why_not(choice) == {"anna": "you have been away for 14 days"}


@pytest.mark.parametrize(("away", "named"), [(3, ["anna"]), (5, ["anna"]), (6, []), (9, [])])
def test_the_first_week_of_a_holiday_of_somebody_busy_is_one_too(away: int, named: list[str]) -> None:
    everybody = [history([(ago + away, touch) for ago, touch in regular(every, 900, 0)]) for every in (1, 2, 3, 5)]
    habits = habits_of([*everybody, history(SILENT)], NOW)
    one = Candidate("anna", history(SILENT), assess(history(SILENT), habits, BOOK, NOW))
    assert persons(choose([one], [], habits, NOW)) == named


def test_who_said_to_be_away_is_waited_for() -> None:
    one = candidate("anna", history(SILENT))
    away = choose([one], [], HABITS, NOW, wishes=Wishes(absences={"anna": NOW + timedelta(days=3)}))
    back = choose([one], [], HABITS, NOW, wishes=Wishes(absences={"anna": NOW - timedelta(days=3)}))
    assert (persons(away), persons(back)) == ([], ["anna"])
    assert why_not(away) == {"anna": "they are away until 21 November"}


def test_few_are_named_the_rest_is_told_why_not() -> None:
    people = [candidate(f"p{i}", history(regular(4 + i, 700, 80 + i))) for i in range(9)]
    choice = named(*people)
    assert len(choice.chosen) == BUDGET
    assert set(why_not(choice).values()) == {"others come first this week"}
    assert len({*persons(choice), *why_not(choice)}) == 9


def test_the_order_in_which_people_are_given_does_not_matter() -> None:
    people = [candidate(f"p{i}", history(regular(4 + i, 700, 80 + i))) for i in range(9)]
    assert named(*people).chosen == named(*reversed(people)).chosen


def test_a_mere_contact_is_never_named() -> None:
    stranger = candidate("list", history([(ago, Touch.IN) for ago in range(40, 400, 30)]))
    assert persons(named(stranger)) == []


def test_a_young_relationship_is_worth_watering() -> None:
    young = candidate("cleo", history(regular(14, 120, 11)))
    assert young.assessment.stage is Stage.GROWING
    [line] = named(young).chosen
    assert line.kind is LineKind.GROWING
    again = Listing("cleo", LineKind.GROWING, NOW - timedelta(days=7), at_day(TODAY - 11))
    assert persons(named(young, past=[again])) == []


def introduced(told: Told) -> Candidate:
    return candidate("dora", history(told, introduced_by="anna", introduced_at=at_day(TODAY - 40)))


ROOTED = [(39, Touch.OUT_ONE), (38, Touch.IN_ONE), (10, Touch.OUT_ONE), (9, Touch.IN_ONE)]


def test_an_introduction_that_took_root_is_thanked_for_once() -> None:
    friend, new = candidate("anna", history(regular(10, 700, 41))), introduced(ROOTED)
    thanks = [line for line in named(friend, new).chosen if line.kind is LineKind.THANKS]
    assert [(line.person, line.about) for line in thanks] == [("anna", "dora")]
    assert "introduced you to dora in October" in thanks[0].why
    told = Listing("anna", LineKind.THANKS, NOW - timedelta(days=35), None)
    assert LineKind.THANKS not in {line.kind for line in named(friend, new, past=[told]).chosen}
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


@pytest.mark.parametrize("told", [ROOTED[:2], [(39, Touch.IN_ONE), (10, Touch.IN_ONE)], [(39, Touch.IN)]])
def test_what_has_not_taken_root_asks_for_no_thanks(told: Told) -> None:
    friend = candidate("anna", history(regular(10, 700, 41)))
    assert LineKind.THANKS not in {line.kind for line in named(friend, introduced(told)).chosen}


def test_round_years_are_told_in_their_week_and_only_where_the_beginning_was_seen() -> None:
    five = NOW.replace(year=NOW.year - 5) + timedelta(days=3)
    ago = TODAY - day_of(five)
    friend = candidate("anna", history([*regular(20, ago, 3), (ago, Touch.IN_ONE)]))
    older = candidate("old", history(regular(20, ago + 400, 3)))
    [line] = named(friend, older).chosen
    assert (line.person, line.kind) == ("anna", LineKind.ANNIVERSARY)
    assert line.why == "It's five years this week since you two were first in touch."
    assert LineKind.ANNIVERSARY not in {line.kind for line in named(friend).chosen}  # the history may begin too late


def conference(*years_ago: int) -> Told:
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


@pytest.mark.parametrize(
    ("back", "now", "outcome"),
    [
        (None, 20, None),  # still undecided
        (None, 100, True),
        (10, 100, False),
        (80, 100, True),  # came back, but long after
    ],
)
def test_whether_a_warning_came_true(back: int | None, now: int, outcome: bool | None) -> None:
    """Silent since day 0, named on day 20: it lasted if it went on to day 60."""
    contacts = [*range(-300, 1, 10), *([20 + back] if back is not None else [])]
    line = Listing("anna", LineKind.COLD, at_day(20), at_day(0), 0.6)
    assert lasted(contacts, line, at_day(20 + now)) is outcome


def test_an_owner_whose_warnings_come_true_is_warned_sooner() -> None:
    def record(came_true: bool) -> float:
        past, people = [], {}
        for i in range(10):
            since = TODAY - 200
            back = [] if came_true else [(170 - i, Touch.IN_ONE)]
            found = history([*regular(10, 700, 200), *back])
            people[f"p{i}"] = candidate(f"p{i}", found)
            past.append(Listing(f"p{i}", LineKind.COLD, at_day(since + 20), at_day(since), 0.55))
        return own_record(past, people, NOW)

    assert record(came_true=True) > 0 > record(came_true=False)
    assert own_record([], {}, NOW) == 0.0


def test_habits_are_those_of_the_morning() -> None:
    today = history([(0, Touch.OUT_ONE), *regular(10, 300, 5)])
    assert habits_of([today, *CIRCLE], NOW) == habits_of([history(regular(10, 300, 5)), *CIRCLE], NOW)


# a friend every ten days, silent for a while: told when, and what that does to the next digest


def cold(ago: int, silent_then: int) -> Listing:
    return Listing("anna", LineKind.COLD, NOW - timedelta(days=ago), at_day(TODAY - ago - silent_then), 0.6)


@pytest.mark.parametrize(
    ("silent", "told", "step"),
    [
        (45, [], "They wrote last"),
        (75, [cold(30, 45)], None),  # not doubled yet
        (110, [cold(65, 45)], "Pick the thread up again"),  # doubled, and two months later
        (110, [cold(90, 20)], "Pick the thread up again"),
        (300, [cold(255, 45), cold(180, 120)], "Perhaps this one has run its course"),
        (600, [cold(555, 45), cold(480, 120), cold(300, 300)], None),  # asked whether to let it rest, and that was it
    ],
)
def test_a_silence_returns_when_it_has_doubled_and_at_last_as_a_question(
    silent: int, told: list[Listing], step: str | None
) -> None:
    found = history(regular(10, silent + 900, silent))
    choice = named(candidate("anna", found), past=told)
    assert len(choice.chosen) == (step is not None)
    assert all(line.step.startswith(step or "") for line in choice.chosen)


OUT, IN, MET = Touch.OUT_ONE, Touch.IN_ONE, Touch.MET_ONE


@pytest.mark.parametrize(
    ("last", "silent", "told", "step"),
    [
        ([(0, IN)], 45, [], "They wrote last. Reply, or ask how things turned out."),
        ([(0, IN)], 75, [], "Pick the thread up again, or ask how things turned out."),  # nobody waits for a reply
        ([(0, OUT)], 45, [], "You wrote last. A call or a coffee may work better than another email."),
        ([(2, IN), (0, OUT)], 45, [], "Share what's new with you, or suggest a call."),  # their question was answered
        ([(20, MET), (2, IN), (0, OUT)], 45, [], "Suggest a call or a coffee."),
        ([(0, OUT)], 110, [cold(65, 45)], "Ask how they are, and for nothing else."),
        ([(0, MET)], 45, [], "Pick up where you left off when you met."),
        ([(0, MET)], 75, [], "Suggest meeting again."),
        ([(0, MET)], 110, [cold(65, 45)], "A few words are enough to begin again."),
    ],
)
def test_a_step_fits_what_came_last_how_long_ago_and_what_was_suggested_before(
    last: Told, silent: int, told: list[Listing], step: str
) -> None:
    """Every three weeks for two years with one's own word at the end, and then that."""
    before = [(ago, IN if i % 2 else OUT) for i, ago in enumerate(range(silent + 21, silent + 800, 10))]
    found = history([*((silent + ago, touch) for ago, touch in last), *before])
    [line] = named(candidate("anna", found), past=told).chosen
    assert line.step == step


def test_a_snoozed_line_comes_back_once_when_the_snooze_ends() -> None:
    one, told = candidate("anna", history(SILENT)), cold(28, 17)
    woken = Wishes(woken={"anna": NOW - timedelta(days=1)})
    assert persons(choose([one], [told], HABITS, NOW, wishes=woken)) == ["anna"]
    again = Listing("anna", LineKind.COLD, NOW, at_day(TODAY - 45), 0.6)
    assert persons(choose([one], [told, again], HABITS, NOW + timedelta(days=7), wishes=woken)) == []


def test_an_ended_project_is_one_line_for_the_firm_and_told_once() -> None:
    def colleague(name: str, silent: int) -> Candidate:
        one = candidate(f"{name}@firm.example", history(regular(8, 400, silent)))
        return replace(one, name=name.title(), addresses=(one.person,))

    team = [colleague("ada", 30), colleague("ben", 33), colleague("cleo", 36)]
    [line] = named(*team).chosen
    assert "quiet with others at Firm too" in line.why
    told = Listing(line.person, line.kind, NOW, at_day(TODAY - 30), 0.5)
    later = choose(team, [told], HABITS, NOW + timedelta(days=7))
    assert later.chosen == ()
    at_work = [colleague("ada", 30), colleague("ben", 33), colleague("dora", 2)]
    assert len(named(*at_work).chosen) == 2  # somebody there is still in touch: each silence is its own


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


def test_what_is_said_again_is_said_in_other_words() -> None:
    [line] = named(candidate("anna", history(regular(10, 1010, 110))), past=[cold(65, 45)]).chosen
    assert line.why == "Still quiet: it's been 4 months, where about every 10 days used to be usual."


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
    def bearer(address: str, told: Told, *circle: str) -> Candidate:
        return replace(candidate(address, history(told)), name="Jonas Ek", circle=frozenset(circle))

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


def test_nobody_is_crowded_out_for_ever() -> None:
    """Sixty people fall silent within a year, more than there is room for at once: in the end each was named."""
    people = {f"p{i}": regular(8 + i % 5, 900, 0) for i in range(60)}
    told: list[Listing] = []
    for week in range(52):
        now = NOW + timedelta(days=7 * week)
        crowd = []
        for i, (person, touches) in enumerate(people.items()):
            days = [Day(TODAY - ago + 3 * i, touch, 1) for ago, touch in touches]
            found = replace(history(touches), days=sorted(day for day in days if day.day < day_of(now)))
            crowd.append(Candidate(person, found, assess(found, HABITS, BOOK, now)))
        lines = choose(crowd, told, HABITS, now).chosen
        assert len(lines) <= BUDGET
        told += [Listing(line.person, line.kind, now, None, line.cold_probability) for line in lines]
    silent_long = [f"p{i}" for i in range(60) if 3 * i < 7 * 52 - 60]
    assert set(silent_long) <= {line.person for line in told}
