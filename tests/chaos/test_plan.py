"""A seed that failed shows the same storm again."""

from collections import Counter

from tests.chaos.plan import EVERY, WAITS, plan

WAYS = {"worker 1", "worker 2", "scheduler", "settling", "queue", "connections"}
MISCHIEF = {"clocks", "disk", "messages"}


def test_the_same_seed_does_the_same() -> None:
    assert plan(7, 70, WAYS, MISCHIEF) == plan(7, 70, sorted(WAYS), sorted(MISCHIEF))
    assert plan(7, 70, WAYS, MISCHIEF) != plan(8, 70, WAYS, MISCHIEF)


def test_everybody_is_killed_equally_often_and_everything_goes_wrong() -> None:
    blows = plan(1, 12 * len(WAYS), WAYS, MISCHIEF)
    assert set(Counter(blow.victim for blow in blows).values()) == {12}
    assert Counter(blow.trouble for blow in blows)[None] == len(blows) - len(blows) // EVERY
    assert {blow.trouble for blow in blows[: EVERY * len(MISCHIEF)]} == {None, *MISCHIEF}
    assert all(WAITS[0] <= blow.wait <= WAITS[1] for blow in blows)


def test_a_machine_on_which_less_can_go_wrong_sees_the_same_kills() -> None:
    everything, nothing = plan(3, 50, WAYS, MISCHIEF), plan(3, 50, WAYS, ())
    assert [(one.wait, one.victim, one.seed) for one in everything] == [
        (one.wait, one.victim, one.seed) for one in nothing
    ]
    assert {one.trouble for one in nothing} == {None}
    assert everything[0].chance("kill").random() == nothing[0].chance("kill").random()
