"""Who belongs together: a year that ends, an assistant, somebody who handed over, and one person with two addresses."""

from dataclasses import replace

from models.enums import Touch
from tests.worker.digest.choosing import candidate, named, persons, why_not
from tests.worker.pairs import history, regular
from worker.digest.choose.choice import Candidate
from worker.digest.choose.together.cohorts import cohorts
from worker.digest.choose.together.handovers import perhaps_handed_over


def of(address: str, *touches: tuple[int, Touch], name: str = "", circle: tuple[str, ...] = ()) -> Candidate:
    one = candidate(address, history(touches))
    return replace(one, name=name or address, addresses=(address,), circle=frozenset(circle))


#: somebody known for long, and in touch: the history began with them
OLD = of("old@friend.example", *regular(20, 900, 5))


def test_parents_of_a_year_that_ends_are_one_line_however_seldom_each_wrote() -> None:
    year = [of(f"parent@family{i}.example", *regular(every, 330, 60 + i)) for i, every in enumerate((12, 18, 25, 30))]
    [line] = named(OLD, *year).chosen
    assert "quiet with others you knew for a while too" in line.why
    assert len(why_not(named(OLD, *year))) == 3
    friends = [of(f"friend@home{i}.example", *regular(every, 900, 60 + i)) for i, every in enumerate((12, 18, 25, 30))]
    assert len(named(*friends).chosen) == 4  # with years behind them each silence is its own
    apart = [of(f"client@firm{i}.example", *regular(12, 330, 20 + 40 * i)) for i in range(4)]
    assert not any("others" in line.why for line in named(OLD, *apart).chosen)


def test_the_one_who_is_met_is_missed_and_not_who_finds_the_dates() -> None:
    dates = range(60, 700, 35)
    secretary, director = [], []
    for ago in dates:
        secretary += [(ago + 9, Touch.IN), (ago + 8, Touch.OUT), (ago, Touch.MET)]
        director += [(ago + 9, Touch.SEEN), (ago + 8, Touch.OUT_COPY), (ago, Touch.MET)]
    helper = of("sam@firm.example", *secretary)
    boss = of("dana@firm.example", *director, name="Dana Hill")
    choice = named(helper, boss)
    assert persons(choice) == [boss.person]
    assert "others" not in choice.chosen[0].why
    assert why_not(choice)[helper.person] == "they write for Dana Hill"
    colleague = of("kim@firm.example", *regular(35, 700, 60))  # writes for herself
    assert len(named(colleague, boss).chosen) == 1


def test_who_handed_over_is_not_missed_while_the_new_one_is_there() -> None:
    old = of("ana@supplier.example", *regular(14, 700, 50), circle=("ben@supplier.example",))
    new = of("ben@supplier.example", *regular(14, 60, 3), name="Ben Ito")
    choice = named(old, new)
    assert old.person not in persons(choice)
    assert why_not(choice)[old.person] == "Ben Ito has looked after you since"
    assert perhaps_handed_over([old, new]) == {old.person}
    assert persons(named(replace(old, circle=frozenset()), new)) == [old.person]  # never on one email: two colleagues
    gone = of("ben@supplier.example", *regular(7, 76, 51), name="Ben Ito")
    assert len(named(old, gone).chosen) == 1  # neither is there


def test_a_silence_on_both_addresses_is_judged_by_what_is_usual_on_both() -> None:
    one = of("eva@office.example", *regular(28, 700, 60), name="Eva Linden")
    other = of("eva@home.example", *regular(28, 700, 46), name="Eva Linden")
    [line] = named(one, other).chosen
    assert line.person == other.person
    assert "about every 2 weeks" in line.why
    assert "merge" in why_not(named(one, other))[one.person]


def test_many_acquaintances_are_no_year_that_ends_because_some_fall_silent_at_one_time() -> None:
    year = [of(f"parent@family{i}.example", *regular(every, 330, 60 + i)) for i, every in enumerate((12, 18, 25))]
    others = [of(f"met@list{i}.example", *regular(20, 400 + 9 * i, 80 + 9 * i)) for i in range(40)]
    assert len(cohorts({one.person: one for one in [OLD, *year]}, ())) == len(year)
    assert cohorts({one.person: one for one in year}, ()) == {}  # the history begins with them: they may be old friends
    assert cohorts({one.person: one for one in [OLD, *year, *others]}, ()) == {}


def test_a_year_began_for_all_of_them_at_about_one_time() -> None:
    begun = [of(f"met@list{i}.example", *regular(14, 120 + 90 * i, 60 + i)) for i in range(4)]
    assert cohorts({one.person: one for one in [OLD, *begun]}, ()) == {}


def test_who_said_goodbye_just_before_the_others_belongs_to_the_year() -> None:
    year = [of(f"parent@family{i}.example", *regular(every, 330, 60 + i)) for i, every in enumerate((12, 18, 25))]
    early = of("parent@early.example", *regular(14, 330, 83))  # the next word was due some days before
    assert early.person in cohorts({one.person: one for one in [OLD, *year, early]}, ())
    before = of("parent@before.example", *regular(14, 330, 130))
    assert before.person not in cohorts({one.person: one for one in [OLD, *year, before]}, ())


def test_a_firm_may_be_on_holiday_before_it_is_gone() -> None:
    def firm(silent: int) -> list[Candidate]:
        return [of(f"{name}@firm.example", *regular(9, 700, silent + i)) for i, name in enumerate(("ann", "bob"))]

    away = named(*firm(25))
    assert persons(away) == []
    assert why_not(away)["ann@firm.example"] == "it's been quiet with others at Firm too, perhaps for their holidays"
    assert len(named(*firm(30)).chosen) == 1
    alone = [firm(25)[0], of("bob@other.example", *regular(10, 700, 2))]
    assert persons(named(*alone)) == ["ann@firm.example"]
