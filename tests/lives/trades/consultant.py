"""A consultant with 150 people around her: clients by project, a circle of colleagues, and everything that comes in."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import (
    bounced,
    brief,
    group,
    help_desk,
    introduction,
    newsletters,
    project,
    sequence,
    webinar,
    yearly,
)
from tests.lives.truth import Holidays


def consultant(seed: int = 1) -> Life:
    """Two and a half years; her August is off."""
    away = Holidays([(at(f"{year}-08-02"), at(f"{year}-08-24")) for year in (2023, 2024, 2025)])
    life = Life("mara@keel-advisory.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (7, 9, 14, 14, 21, 28, 30, 45, 56, 60, 75, 90):
        life.friend(next(who), every)
    lapses = (
        (8, "2025-03-20"),
        (14, "2025-05-12"),
        (21, "2025-06-02"),
        (30, "2025-04-07"),
        (45, "2025-03-10"),
        (60, "2025-02-18"),
    )
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    resumed = life.friend(next(who), 12, ends=at("2025-01-20"))
    life.rhythm(resumed, at("2025-04-28"), life.ends)
    resumed.ends = None
    project(life, "Northwind", [next(who) for _ in range(5)], at("2024-06-03"), at("2025-05-23"))
    project(life, "Halcyon", [next(who) for _ in range(3)], at("2024-01-15"), at("2024-12-13"))
    yearly(life, next(who), 5, 15)
    for i in range(60):
        brief(life, next(who), life.begins + (10 + 14 * i) * DAY, mails=2 + i % 4)
    for i in range(12):
        sequence(life, next(who), life.begins + (40 + 70 * i) * DAY, replied=3 if i % 3 == 0 else None)
    help_desk(life, "Priya", "clouddesk.example", [at("2024-11-04") + 24 * i * DAY for i in range(12)])
    webinar(life, "Industry Roundtable", [lost[0].addresses[0], lost[2].addresses[0]], at("2024-05-14T16:00"), 22)
    group(life, "everyone", "guild.example", at("2024-09-02"), 20, friends=[lost[1]])
    friend = life.bonds[0]
    introduction(life, friend, next(who), at("2025-03-04T10:00"), thanked="bcc")
    introduction(life, life.bonds[3], next(who), at("2025-06-10T10:00"), thanked="cc")
    for day in ("2025-07-01T09:00", "2025-09-09T09:00"):
        bounced(life, lost[3], at(day))
    newsletters(life)
    return life
