"""A lawyer in practice: clients whose matters close, colleagues who refer, a tax season, cards at Christmas, and courts."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import bounced, brief, group, help_desk, introduction, newsletters, sequence, yearly
from tests.lives.seasons import automatic, birthday, matter, on_leave, party, tax_season, unanswered
from tests.lives.truth import Holidays


def lawyer(seed: int = 8) -> Life:
    """Two and a half years: a week of skiing each February, two weeks in July, one in October."""
    spans = [("07-13", "07-28"), ("02-15", "02-23"), ("10-18", "10-26")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("henrike@oak-chambers.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (6, 10, 14, 21, 28, 45, 50, 55, 60):
        life.friend(next(who), every, meetings=0.25)
    for every in (30, 60, 91):
        meals(life, next(who), every)
    for every in (90, 100):
        life.friend(next(who), every, meetings=0.5, spread=0.2)
    lost = [
        life.friend(next(who), every, ends=at(day))
        for every, day in (
            (8, "2025-06-20"),
            (14, "2025-03-28"),
            (21, "2025-09-12"),
            (45, "2025-02-28"),
            (60, "2025-04-10"),
        )
    ]
    meals(life, next(who), 55, ends=at("2025-05-09"))
    closed = (
        "2023-12-15",
        "2024-05-31",
        "2024-10-11",
        "2025-02-14",
        "2025-04-11",
        "2025-06-27",
        "2025-09-05",
        "2025-11-07",
    )
    for day in closed:
        matter(life, next(who), at(day) - 170 * DAY, at(day), every=life.random.choice((6, 9, 13)))
    for _ in range(3):
        matter(life, next(who), at("2024-11-04") + life.random.uniform(0, 90) * DAY, life.ends, every=10)
    tax_season(life, next(who), 2)
    tax_season(life, next(who), 5, weeks=8)
    yearly(life, next(who), 9, 18)
    for month, of_month in ((12, 15), (4, 24), (11, 6)):
        birthday(life, next(who), month, of_month)
    on_leave(life, next(who), 12, at("2025-05-05"), at("2025-08-04"))
    on_leave(life, next(who), 20, at("2025-08-11"), at("2025-09-14"), announced=False)
    automatic(life, life.bonds[4], at("2025-06-10"), "I am on vacation")
    for i in range(45):
        brief(life, next(who), life.begins + (9 + 19 * i) * DAY, mails=2 + i % 4)
    for i in range(8):
        unanswered(life, next(who), life.begins + (40 + 95 * i) * DAY)
    for i in range(9):
        sequence(life, next(who), life.begins + (33 + 90 * i) * DAY, replied=2 if i % 3 == 1 else None)
    help_desk(life, "Registry", "court-efile.example", [at("2024-02-05") + 17 * i * DAY for i in range(35)])
    group(life, "bar", "bar-association.example", at("2024-01-15"), 40, friends=[lost[1], life.bonds[5]])
    party(life, lost[3], at("2025-07-04T18:00"))
    introduction(life, life.bonds[2], next(who), at("2025-04-29T10:00"), thanked="mail")
    introduction(life, life.bonds[6], next(who), at("2025-09-16T10:00"), thanked="")
    bounced(life, lost[0], at("2025-08-19T09:00"))
    newsletters(life, 4)
    return life
