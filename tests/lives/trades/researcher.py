"""A researcher: co-authors in bursts, students with a standing hour, conferences once a year, editors and lists."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import bursts, meals, standing
from tests.lives.scenes import brief, group, help_desk, moved, newsletters, sequence, webinar, yearly
from tests.lives.truth import Holidays


def researcher(seed: int = 7) -> Life:
    """Two and a half years with long pauses that mean nothing, and a few that do."""
    away = Holidays([(at("2024-07-29"), at("2024-08-25")), (at("2025-07-28"), at("2025-08-24"))])
    life = Life("nadia@westlake-univ.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (6, 14, 21, 35, 60):
        life.friend(next(who), every)
    for every in (28, 56):
        meals(life, next(who), every)
    for every in (110, 130, 150):
        bursts(life, next(who), every)
    for every, day in ((10, "2025-03-14"), (21, "2025-05-30"), (45, "2025-02-14"), (60, "2024-12-06")):
        life.friend(next(who), every, ends=at(day))
    standing(life, next(who), "Westlake", at("2023-09-04"), at("2025-06-27"))
    for begins in ("2024-03-04", "2024-09-09"):
        standing(life, next(who), "Westlake", at(begins), life.ends)
    for month, dinner in ((6, 17), (9, 11), (11, 20)):
        yearly(life, next(who), month, dinner)
    mover = life.friend(next(who), 16, ends=at("2025-04-25"))
    moved(life, mover, "eastmoor-lab.example", at("2025-04-25"))
    for i in range(40):
        brief(life, next(who), life.begins + (12 + 21 * i) * DAY, mails=2 + i % 3)
    for i in range(14):
        sequence(life, next(who), life.begins + (35 + 60 * i) * DAY, mails=5, replied=3 if i % 4 == 2 else None)
    help_desk(life, "Editorial", "journalflow.example", [at("2024-09-16") + 19 * i * DAY for i in range(20)])
    webinar(life, "Colloquium", [life.bonds[0].addresses[0]], at("2024-09-12T15:00"), 15)
    group(life, "dept", "westlake-lists.example", at("2024-05-06"), 30, friends=[life.bonds[1], life.bonds[3]])
    newsletters(life, 5)
    return life
