"""Somebody who changes jobs in the middle: old colleagues wrote to the old address only, friends follow to the new one."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import brief, introduction, moved, newsletters, project, sequence
from tests.lives.truth import Holidays

CHANGE = at("2025-04-30")


def jobchanger(seed: int = 3) -> Life:
    """The old address falls silent at the end of April: that says nothing about those who wrote only there."""
    away = Holidays([(at("2024-08-05"), at("2024-08-25")), (at("2025-08-04"), at("2025-08-24"))])
    life = Life("lea@oldworks.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for colleague in project(life, "Oldworks", [next(who) for _ in range(9)], life.begins, CHANGE, every=6):
        colleague.left_behind = CHANGE
    followers = [life.friend(next(who), every, ends=CHANGE) for every in (9, 14, 21, 30, 45)]
    lost = life.friend(next(who), 12, ends=at("2025-02-03"))
    life.me = "lea@freshstart.example"
    life.box.mine.insert(0, life.me)
    for friend in followers:
        life.rhythm(friend, CHANGE + 9 * DAY, life.ends)
        friend.ends = None
    for every in (7, 14, 30):
        life.friend(next(who), every, begins=CHANGE + 20 * DAY)
    fades = life.friend(next(who), 10, begins=CHANGE + 12 * DAY, ends=at("2025-09-19"))
    moved(life, lost, "elsewhere.example", at("2025-02-03"), ends=at("2025-07-04"))
    introduction(life, fades, next(who), at("2025-07-15T11:00"), thanked="mail")
    for i in range(25):
        brief(life, next(who), life.begins + (15 + 33 * i) * DAY)
    for i in range(8):
        sequence(life, next(who), life.begins + (30 + 100 * i) * DAY, replied=2 if i % 2 else None)
    newsletters(life, 4)
    return life
