"""A journalist: sources who answer now and then, stories of some weeks with a dozen people, editors, and press offices."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import bursts, meals
from tests.lives.scenes import (
    bounced,
    brief,
    group,
    help_desk,
    introduction,
    moved,
    newsletters,
    sequence,
    webinar,
    yearly,
)
from tests.lives.seasons import on_leave, unanswered
from tests.lives.truth import Holidays
from tests.lives.turns import phoned
from tests.lives.ways import crew, freelancer, slowed, through_assistant, two_addresses


def journalist(seed: int = 15) -> Life:
    """Two and a half years: two weeks each September, a week in May."""
    spans = [("09-06", "09-21"), ("05-17", "05-25")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("noor@morning-courier.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (2, 4, 6):  # editors
        life.friend(next(who), every, domain="morning-courier.example", meetings=0.3)
    for every in (10, 14, 21, 28, 40, 60, 80):
        life.friend(next(who), every)
    for every in (25, 35, 50, 70):  # sources
        life.friend(next(who), every, meetings=0.3, spread=0.6)
    for every in (12, 30, 50):
        phoned(life, next(who), every)
    meals(life, next(who), 30)
    meals(life, next(who), 60)
    through_assistant(life, next(who), next(who), 40)
    two_addresses(life, next(who), 16)
    two_addresses(life, next(who), 30)
    bursts(life, next(who), 110)
    lapses = ((6, "2025-05-02"), (14, "2025-07-04"), (28, "2025-03-28"), (40, "2025-08-08"), (60, "2025-02-28"))
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    phoned(life, next(who), 30, ends=at("2025-06-20"))
    two_addresses(life, next(who), 20, ends=at("2025-04-18"))
    through_assistant(life, next(who), next(who), 35, ends=at("2025-06-27"))
    meals(life, next(who), 50, ends=at("2025-03-21"))
    for i, ends in enumerate(("2024-03-15", "2024-11-22", "2025-04-04", "2025-09-05")):  # stories
        free = [freelancer(life, next(who)) for _ in range(4)]
        crew(life, f"Story{i}", [next(who) for _ in range(2)], free, at(ends) - 75 * DAY, at(ends))
    slowed(life, next(who), 7, 50, at("2024-09-27"))
    on_leave(life, next(who), 9, at("2025-04-14"), at("2025-08-18"), word="on leave until 17 August 2025")
    mover = life.friend(next(who), 12, ends=at("2025-07-11"))
    moved(life, mover, "evening-post.example", at("2025-07-11"))
    yearly(life, next(who), 4, 23)
    for i in range(70):
        brief(life, next(who), life.begins + (5 + 12 * i) * DAY, mails=2 + i % 5)
    for i in range(30):
        sequence(life, next(who), life.begins + (10 + 29 * i) * DAY, mails=5, replied=1 if i % 5 == 2 else None)
    for i in range(25):
        unanswered(life, next(who), life.begins + (20 + 34 * i) * DAY, mails=2)
    help_desk(life, "Press Office", "ministry-press.example", [at("2023-09-25") + 18 * i * DAY for i in range(42)])
    webinar(life, "Press Breakfast", [lost[0].addresses[0]], at("2024-02-06T08:00"), 20)
    group(life, "newsroom", "courier-lists.example", at("2023-10-16"), 60, friends=[life.bonds[0], lost[0]])
    bounced(life, lost[2], at("2025-06-10T09:00"))
    introduction(life, life.bonds[4], next(who), at("2025-04-08T10:00"), thanked="bcc")
    introduction(life, life.bonds[7], next(who), at("2025-10-14T10:00"), thanked="")
    newsletters(life, 6)
    return life
