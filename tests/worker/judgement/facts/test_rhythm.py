"""Rhythms as a person would tell them: lunches with what surrounds them are one occasion, bursts of work are one."""

from models.enums import Touch
from tests.worker.pairs import HABITS, DaysAgo, history, regular
from worker.judgement.cooling.words import usual_in_words
from worker.judgement.facts import Rhythm, conversations, rhythm_of

OUT, IN, MET = Touch.OUT_ONE, Touch.IN_ONE, Touch.MET_ONE


def rhythm(past: DaysAgo) -> Rhythm:
    return rhythm_of(conversations(history(past).days), HABITS)


def test_a_reminder_before_a_lunch_and_thanks_after_it_are_no_occasions_of_their_own() -> None:
    around = ((0, OUT), (1, IN), (11, IN), (12, MET), (13, OUT), (16, IN))  # found, reminded, met, thanked, answered
    found = rhythm([(700 - start - day, touch) for start in range(0, 640, 42) for day, touch in around])
    assert (found.usual, found.long) == (42, 42)


def test_emails_on_other_days_before_a_lunch_are_occasions() -> None:
    weekly = rhythm([(700 - start - day, touch) for start in range(0, 640, 14) for day, touch in ((0, OUT), (8, MET))])
    assert weekly.usual == 14
    mails = ((0, OUT), (7, IN), (14, OUT), (21, MET))
    assert rhythm([(700 - start - day, touch) for start in range(0, 640, 28) for day, touch in mails]).usual < 15


def test_three_weeks_before_each_deadline_are_one_burst_and_the_months_between_are_usual() -> None:
    author = rhythm(
        [(800 - start - day, OUT if day % 2 else IN) for start in range(0, 780, 120) for day in range(0, 21, 5)]
    )
    assert author.bursts
    assert author.usual == 120
    assert author.gate == 180  # a month late says nothing yet
    assert usual_in_words(author) == "you're usually in touch in bursts, about every 4 months"


def test_two_half_years_between_fairs_are_the_rhythm() -> None:
    fair = ((0, OUT), (16, MET), (22, IN), (24, OUT))
    stand = rhythm([(700 - start - day, touch) for start in (0, 178, 364) for day, touch in fair])
    assert stand.bursts
    assert 170 <= stand.usual <= 190
    apart = rhythm([(900 - start - day, touch) for start in (0, 150, 550) for day, touch in fair])
    assert not apart.bursts  # no two are alike


def test_two_long_pauses_in_years_of_weekly_contact_make_no_bursts() -> None:
    steady = rhythm([*regular(7, 720, 500), *regular(7, 440, 250), *regular(7, 190, 1)])
    assert not steady.bursts
    assert steady.usual == 7


def test_bursts_may_lie_unevenly_apart_where_nothing_lies_between() -> None:
    work = ((0, OUT), (6, IN), (12, OUT))
    trial = rhythm([(900 - start - day, touch) for start in (0, 150, 380, 460, 600) for day, touch in work])
    assert trial.bursts
    assert trial.gate >= trial.long > trial.usual  # nobody is missed within a gap there has been


def test_the_fairs_of_two_seasons_are_told_without_bursts() -> None:
    fair = ((0, OUT), (16, MET), (22, IN), (24, OUT))
    stand = rhythm([(700 - start - day, touch) for start in (0, 182, 364) for day, touch in fair])
    assert usual_in_words(stand) == "you're usually in touch about every 6 months"


def test_who_went_abroad_is_in_touch_as_often_as_since_then() -> None:
    moved = rhythm([*regular(7, 700, 260), *regular(45, 240, 20)])
    assert 44 <= moved.usual <= 46
    assert not moved.busy


def test_an_exchange_in_two_parts_is_no_return_to_the_old_rhythm() -> None:
    since = [*range(20, 360, 50), 66, 58]  # the last but one went on after four days, and after a week
    moved = rhythm([*regular(7, 700, 370), *((ago, OUT) for ago in since)])
    assert moved.usual > 40
    returned = rhythm([*regular(7, 700, 370), *((ago, OUT) for ago in range(130, 360, 50)), *regular(7, 110, 10)])
    assert returned.usual == 7


def test_a_tie_that_fades_and_a_single_long_gap_are_no_slower_rhythm() -> None:
    fading = rhythm([*regular(7, 700, 200), (180, OUT), (140, IN), (60, OUT)])
    assert fading.usual < 10
    once = rhythm([*regular(7, 700, 200), *regular(7, 140, 10)])
    assert once.usual == 7


def test_orders_some_weeks_apart_are_bursts_where_pauses_and_other_gaps_lie_far_apart() -> None:
    order = ((0, OUT), (6, IN), (12, OUT))
    supplier = rhythm([(700 - start - day, touch) for start in range(0, 600, 55) for day, touch in order])
    assert supplier.bursts
    assert supplier.usual == 55
    slow = [(700 - start - day, touch) for start in range(0, 600, 62) for day, touch in ((0, OUT), (9, IN), (14, OUT))]
    late = [*slow, (20, OUT), (3, IN)]  # one invoice came after seventeen days
    assert rhythm(late).bursts
    assert rhythm(late).usual == 62


def test_two_fairs_a_year_need_not_lie_half_a_year_apart() -> None:
    fair = ((0, OUT), (16, MET), (22, IN), (24, OUT))
    stand = rhythm([(700 - start - day, touch) for start in (0, 146, 364) for day, touch in fair])
    assert stand.bursts
    assert usual_in_words(stand) == "you're usually in touch about every 6 months"


def test_who_took_longer_the_last_two_times_is_not_missed_as_before() -> None:
    slowing = [*regular(8, 700, 110), (78, OUT), (46, IN)]
    assert rhythm(slowing).usual == 8
    assert rhythm(slowing).gate == 1.25 * 32
    once = [*regular(8, 700, 80), (46, IN), (38, OUT)]
    assert rhythm(once).gate == 14
