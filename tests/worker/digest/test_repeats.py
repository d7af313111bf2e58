"""What was said before: when a silence is named once more, how, and what came of it."""

from datetime import timedelta

import pytest

from models.enums import Touch
from tests.worker.digest.choosing import SILENT, candidate, cold, named, persons
from tests.worker.pairs import HABITS, NOW, TODAY, DaysAgo, history, regular
from worker.digest.choose.choice import Listing
from worker.digest.choose.policy import choose
from worker.digest.choose.record import lasted, own_record
from worker.digest.choose.repeats import asked_to_rest
from worker.digest.choose.suppression import Wishes
from worker.digest.digest import LineKind
from worker.judgement.facts import at_day


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
        return own_record(past, {person: one.history for person, one in people.items()}, NOW)

    assert record(came_true=True) > 0 > record(came_true=False)
    assert own_record([], {}, NOW) == 0.0


@pytest.mark.parametrize(
    ("silent", "earlier", "step"),
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
    silent: int, earlier: list[Listing], step: str | None
) -> None:
    found = history(regular(10, silent + 900, silent))
    choice = named(candidate("anna", found), past=earlier)
    assert len(choice.chosen) == (step is not None)
    assert all(line.step.startswith(step or "") for line in choice.chosen)


def test_who_was_asked_to_let_somebody_rest_is_not_asked_again_in_other_words() -> None:
    anna = candidate("anna", history(regular(10, 1500, 600)))
    thrice = [cold(555, 45), cold(480, 120), cold(300, 300)]
    assert asked_to_rest(anna, thrice)
    assert not asked_to_rest(anna, thrice[:2])
    assert not asked_to_rest(candidate("anna", history([*regular(10, 1500, 600), (250, OUT)])), thrice)  # back since
    assert not asked_to_rest(candidate("ben", anna.history), thrice)


OUT, IN, MET = Touch.OUT_ONE, Touch.IN_ONE, Touch.MET_ONE


@pytest.mark.parametrize(
    ("last", "silent", "earlier", "step"),
    [
        ([(0, IN)], 45, [], "They wrote last. Reply, or ask how things turned out."),
        ([(0, IN)], 75, [], "Pick the thread up again, or ask how things turned out."),  # nobody waits for a reply
        ([(4, OUT), (0, IN)], 75, [], "Ask how things turned out."),  # they had replied
        ([(4, OUT), (0, IN)], 130, [cold(90, 40)], "Ask how things turned out."),
        ([(4, OUT), (0, IN)], 160, [cold(80, 80)], "Say what's new with you, and ask what's new with them."),
        ([(0, OUT)], 45, [], "You wrote last. A call or a coffee may work better than another email."),
        ([(2, IN), (0, OUT)], 45, [], "Share what's new with you, or suggest a call."),  # their question was answered
        ([(20, MET), (2, IN), (0, OUT)], 45, [], "Suggest a call or a coffee."),
        ([(0, OUT)], 110, [cold(65, 45)], "Send something that made you think of them, and ask how they are."),
        (
            [(20, MET), (0, OUT)],
            110,
            [cold(65, 45)],
            'Suggest a date to meet: that\'s easier to answer than "how are you".',
        ),
        ([(0, IN)], 130, [cold(90, 40)], "Pick the thread up again, or ask how things turned out."),
        (
            [(0, IN)],
            160,
            [cold(80, 80)],
            "A late reply is still welcome. Say what's new with you.",
        ),  # they had that step
        ([(0, MET)], 45, [], "Pick up where you left off when you met."),
        ([(0, MET)], 75, [], "Suggest meeting again."),
        ([(0, MET)], 110, [cold(65, 45)], "A few words are enough to begin again."),
    ],
)
def test_a_step_fits_what_came_last_how_long_ago_and_what_was_suggested_before(
    last: DaysAgo, silent: int, earlier: list[Listing], step: str
) -> None:
    """Every three weeks for two years with one's own word at the end, and then that."""
    before = [(ago, IN if i % 2 else OUT) for i, ago in enumerate(range(silent + 21, silent + 800, 10))]
    found = history([*((silent + ago, touch) for ago, touch in last), *before])
    [line] = named(candidate("anna", found), past=earlier).chosen
    assert line.step == step


def test_a_snoozed_line_comes_back_once_when_the_snooze_ends() -> None:
    one, earlier = candidate("anna", history(SILENT)), cold(28, 17)
    woken = Wishes(woken={"anna": NOW - timedelta(days=1)})
    assert persons(choose([one], [earlier], HABITS, NOW, wishes=woken)) == ["anna"]
    again = Listing("anna", LineKind.COLD, NOW, at_day(TODAY - 45), 0.6)
    assert persons(choose([one], [earlier, again], HABITS, NOW + timedelta(days=7), wishes=woken)) == []


def test_what_is_said_again_is_said_in_other_words() -> None:
    [line] = named(candidate("anna", history(regular(10, 1010, 110))), past=[cold(65, 45)]).chosen
    assert line.why == "Still quiet: it's been 4 months, where about every 10 days was usual."


def test_a_standing_meeting_that_is_over_is_said_once() -> None:
    hours: DaysAgo = [(ago, MET) for ago in range(110, 700, 7)]
    standing = candidate("anna", history(hours))
    assert persons(named(standing)) == ["anna"]
    assert persons(named(standing, past=[cold(89, 21)])) == []
    written = candidate("anna", history([(ago, MET if i % 3 else OUT) for i, (ago, _) in enumerate(hours)]))
    assert persons(named(written, past=[cold(89, 21)])) == ["anna"]  # who also writes is a friend, and asked for again
