"""A founder: investors every quarter, hires and recruiters, customers, and outreach from everywhere."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import brief, group, help_desk, introduction, moved, newsletters, project, sequence, webinar
from tests.lives.truth import Holidays


def founder(seed: int = 2) -> Life:
    """Two and a half years with fifty relationships, a move of a friend, and an old investor who is lost."""
    away = Holidays([(at("2024-07-12"), at("2024-07-28")), (at("2025-07-11"), at("2025-07-27"))])
    life = Life("tomas@brightloom.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (5, 7, 10, 14, 14, 20, 28, 30, 42, 60, 90, 90):
        life.friend(next(who), every, meetings=0.3)
    life.friend(next(who), 90, ends=at("2025-01-16"), meetings=0.8)
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in ((10, "2025-04-25"), (28, "2025-02-27"))]
    mover = life.friend(next(who), 11, ends=at("2025-05-30"))
    moved(life, mover, "newventure.example", at("2025-05-30"))
    project(life, "Lumen", [next(who) for _ in range(6)], at("2024-03-04"), at("2025-06-20"), every=6)
    for i in range(45):
        brief(life, next(who), life.begins + (15 + 19 * i) * DAY, mails=2 + i % 5)
    for i in range(18):
        sequence(life, next(who), life.begins + (20 + 48 * i) * DAY, mails=7, replied=2 if i % 4 == 0 else None)
    help_desk(life, "Marco", "paydesk.example", [at("2024-09-02") + 20 * i * DAY for i in range(16)])
    webinar(life, "Founders Table", [lost[0].addresses[0]], at("2024-06-11T17:00"), 20, answer="ACCEPTED")
    group(life, "cohort", "accelerate.example", at("2024-07-01"), 26, friends=[lost[1]])
    introduction(life, life.bonds[1], next(who), at("2025-05-06T10:00"), thanked="")
    introduction(life, life.bonds[2], next(who), at("2025-09-23T10:00"), thanked="bcc")
    newsletters(life, 6)
    return life
