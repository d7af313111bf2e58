"""A headmistress: staff in term time, parents who come and go by the year, governors, heads nearby, and a life beside it."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import brief, group, help_desk, introduction, newsletters, sequence, yearly
from tests.lives.seasons import automatic, birthday, circle, term_time, unanswered
from tests.lives.truth import Holidays
from tests.lives.turns import council, parents, phoned
from tests.lives.ways import circular, slowed, through_assistant

BREAKS = [
    (at(first), at(last))
    for first, last in (
        ("2023-07-21", "2023-09-04"), ("2023-10-20", "2023-10-30"), ("2023-12-20", "2024-01-08"), ("2024-02-09", "2024-02-19"),
        ("2024-03-28", "2024-04-15"), ("2024-07-19", "2024-09-02"), ("2024-10-18", "2024-10-28"), ("2024-12-20", "2025-01-06"),
        ("2025-02-14", "2025-02-24"), ("2025-04-11", "2025-04-28"), ("2025-07-18", "2025-09-01"), ("2025-10-17", "2025-10-27"),
        ("2025-12-19", "2026-01-05"),
    )
]  # fmt: skip


def headmistress(seed: int = 13) -> Life:
    """Two and a half years: the first three weeks of each August away, a week at Easter."""
    spans = [("08-01", "08-20"), ("04-12", "04-19")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("philippa@larkhill-school.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (3, 4, 6, 8, 10, 15):  # the staff
        term_time(life, next(who), every, BREAKS)
    for every in (25, 40):  # the educational psychologist, and the school nurse
        term_time(life, next(who), every, BREAKS)
    close = [life.friend(next(who), every, meetings=0.1) for every in (7, 12)]
    circle(life, close, 20, "Saturday")
    for every in (21, 30, 42, 60, 90):
        life.friend(next(who), every)
    phoned(life, next(who), 18)
    phoned(life, next(who), 35)
    meals(life, next(who), 85)  # who led the school before her
    meals(life, next(who), 45)
    through_assistant(life, next(who), next(who), 45)  # the director of the authority
    lapses = ((10, "2025-05-09"), (21, "2025-03-21"), (30, "2025-10-03"), (45, "2025-02-07"), (75, "2025-06-13"))
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    phoned(life, next(who), 21, ends=at("2025-05-30"))
    slowed(life, next(who), 5, 45, at("2024-07-19"))  # a deputy who leads a school of her own now
    for year, begins, ends in (("2024", "2023-09-11", "2024-07-12"), ("2025", "2024-09-09", "2025-07-11")):
        parents(life, year, [next(who) for _ in range(7)], at(begins), at(ends))
    parents(life, "2026", [next(who) for _ in range(6)], at("2024-10-07"), life.ends)
    for one in life.bonds[-6:]:
        one.ends = None
    council(life, [next(who) for _ in range(7)], at("2023-09-20"), 28, leaves=((4, at("2025-04-30")),))
    yearly(life, next(who), 6, 12)  # the school abroad with which pupils are exchanged
    birthday(life, next(who), 10, 3)
    for i in range(60):
        brief(life, next(who), life.begins + (8 + 14 * i) * DAY, mails=2 + i % 4)
    circular(life, [next(who) for _ in range(8)], 30, 0.3)
    for i in range(10):
        sequence(life, next(who), life.begins + (26 + 85 * i) * DAY, mails=5, replied=1 if i % 3 == 1 else None)
    for i in range(6):
        unanswered(life, next(who), life.begins + (55 + 130 * i) * DAY)
    help_desk(life, "Payroll", "county-payroll.example", [at("2024-01-22") + 21 * i * DAY for i in range(30)])
    group(life, "heads", "county-heads.example", at("2023-10-09"), 55, friends=[lost[1], life.bonds[11]])
    automatic(life, life.bonds[10], at("2025-06-24"), "I am out of the office until Monday")
    introduction(life, life.bonds[11], next(who), at("2025-05-13T10:00"), thanked="mail")
    introduction(life, life.bonds[8], next(who), at("2025-09-23T10:00"), thanked="")
    newsletters(life, 5)
    return life
