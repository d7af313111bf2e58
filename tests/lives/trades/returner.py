"""A mother back at work half-time after ten months of leave: an old team, a new one, school, friends on one thread."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import brief, group, help_desk, newsletters, project, sequence, yearly
from tests.lives.seasons import birthday, circle, on_leave, party, tax_season, term_time
from tests.lives.truth import Holidays

BREAKS = [
    (at(first), at(last))
    for first, last in (
        ("2023-07-20", "2023-09-04"), ("2023-12-21", "2024-01-08"), ("2024-03-28", "2024-04-15"), ("2024-07-18", "2024-09-02"),
        ("2024-12-20", "2025-01-07"), ("2025-04-10", "2025-04-28"), ("2025-07-17", "2025-09-01"), ("2025-12-19", "2026-01-05"),
    )
]  # fmt: skip


def returner(seed: int = 10) -> Life:
    """Two and a half years: leave of the first ten months of 2024 from work only, two weeks away each summer, one in May."""
    away = Holidays(
        [(at("2023-08-12"), at("2023-08-27")), (at("2024-07-27"), at("2024-08-11")), (at("2025-05-24"), at("2025-06-01")), (at("2025-08-02"), at("2025-08-17"))]
    )  # fmt: skip
    life = Life("imke@fernbrook-design.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    close = [life.friend(next(who), every, meetings=0.1) for every in (6, 9, 12)]
    circle(life, close, 11, "Us four")
    for every in (21, 30, 48, 60, 90):
        life.friend(next(who), every)
    for every in (35, 55):
        meals(life, next(who), every)
    for every in (7, 9):
        term_time(life, next(who), every, BREAKS)
    project(life, "Fernbrook", [next(who) for _ in range(4)], life.begins, at("2024-01-12"), every=6)
    for every in (4, 6, 8):
        life.friend(next(who), every, begins=at("2024-11-05") + life.random.uniform(0, 20) * DAY, meetings=0.3)
    project(life, "Tidewater", [next(who) for _ in range(3)], at("2024-12-02"), at("2025-07-11"), every=8)
    lapses = ((9, "2025-04-04"), (21, "2025-03-14"), (30, "2025-09-05"), (48, "2025-02-21"), (60, "2025-05-02"))
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    on_leave(life, next(who), 10, at("2025-03-24"), at("2025-10-06"), word="on parental leave until 5 October 2025")
    on_leave(life, next(who), 14, at("2025-07-21"), at("2025-08-10"), announced=False)
    on_leave(life, next(who), 8, at("2025-10-06"), at("2025-10-26"), announced=False)
    for month, day in ((3, 21), (6, 12), (10, 2)):
        birthday(life, next(who), month, day)
    tax_season(life, next(who), 5, weeks=5)
    yearly(life, next(who), 11, 14)
    resumed = life.friend(next(who), 25, ends=at("2024-01-26"))
    life.rhythm(resumed, at("2024-11-20"), life.ends)
    resumed.ends = None
    for i in range(30):
        brief(life, next(who), life.begins + (14 + 29 * i) * DAY, mails=2 + i % 3)
    for i in range(4):
        sequence(life, next(who), life.begins + (70 + 190 * i) * DAY, mails=5, replied=2 if i % 2 else None)
    help_desk(life, "Nursery", "littlefern-care.example", [at("2024-10-07") + 15 * i * DAY for i in range(28)])
    group(life, "class", "school-parents.example", at("2024-01-15"), 48, friends=[life.bonds[0], lost[1]])
    party(life, lost[2], at("2025-12-05T17:00"))
    newsletters(life, 3)
    return life
