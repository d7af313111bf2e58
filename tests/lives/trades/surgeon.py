"""A surgeon with colleagues abroad: a hospital, trainees who rotate, a trial in bursts, congresses, a friend down under."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import bursts, meals
from tests.lives.scenes import brief, group, help_desk, introduction, newsletters, sequence, yearly
from tests.lives.seasons import fair, term_time, unanswered
from tests.lives.truth import Holidays
from tests.lives.ways import board, rota, slowed

CONGRESSES = [at(day) for day in ("2023-09-20", "2024-03-13", "2024-09-18", "2025-03-12", "2025-09-17")]
#: the summer of the south
JANUARIES = [(at(f"{year}-12-18"), at(f"{year + 1}-01-28")) for year in (2023, 2024, 2025)]


def surgeon(seed: int = 11) -> Life:
    """Two and a half years: three weeks each August, one of skiing."""
    spans = [("08-02", "08-24"), ("02-10", "02-18")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("amara@stbrendan-hospital.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (5, 8):
        life.friend(next(who), every, domain="stbrendan-hospital.example", meetings=0.3)
    for every in (12, 14, 21, 28, 35, 45, 60, 75, 91):
        life.friend(next(who), every)
    for every in (40, 40, 55):  # practices that refer patients, now and then
        life.friend(next(who), every, meetings=0.0, spread=0.7)
    for every in (30, 56):
        meals(life, next(who), every)
    lapses = ((8, "2025-05-23"), (14, "2025-09-19"), (21, "2025-03-28"), (35, "2025-06-06"), (60, "2025-02-14"))
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    meals(life, next(who), 42, ends=at("2025-05-30"))
    bursts(life, next(who), 120)
    bursts(life, next(who), 100, ends=at("2024-12-19"))
    for _ in range(2):
        fair(life, next(who), CONGRESSES)
    fair(life, next(who), CONGRESSES, ends=at("2024-10-31"))
    for month, day in ((6, 5), (11, 20)):
        yearly(life, next(who), month, day)
    term_time(life, next(who), 10, JANUARIES)
    slowed(life, next(who), 6, 60, at("2024-06-28"))
    slowed(life, next(who), 8, 30, at("2024-12-13"))
    for i, ends in enumerate(("2024-02-06", "2024-08-06", "2025-02-04", "2025-08-05")):
        rota(life, f"rota {i}", [next(who) for _ in range(3)], at(ends) - 180 * DAY, at(ends))
    board(life, [next(who) for _ in range(13)], at("2023-09-05T07:30"), 120)
    for i in range(35):
        brief(life, next(who), life.begins + (11 + 25 * i) * DAY, mails=2 + i % 4)
    for i in range(10):
        sequence(life, next(who), life.begins + (22 + 84 * i) * DAY, mails=6, replied=1 if i % 3 == 1 else None)
    for i in range(4):
        unanswered(life, next(who), life.begins + (60 + 200 * i) * DAY)
    help_desk(life, "Ward IT", "hospital-it.example", [at("2024-05-06") + 19 * i * DAY for i in range(30)])
    group(life, "oncall", "stbrendan-lists.example", at("2024-01-08"), 50, friends=[lost[0], life.bonds[3]])
    introduction(life, life.bonds[2], next(who), at("2025-05-06T10:00"), thanked="mail")
    introduction(life, life.bonds[6], next(who), at("2025-10-21T10:00"), thanked="")
    newsletters(life, 4)
    return life
