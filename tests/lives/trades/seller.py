"""A sales representative: long cycles with prospects that close or die, customers each quarter, fairs, strangers asked."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import brief, group, help_desk, introduction, moved, newsletters, project, sequence, webinar
from tests.lives.seasons import automatic, fair, matter, on_leave, unanswered
from tests.lives.truth import Holidays

FAIRS = [at(day) for day in ("2023-10-10", "2024-04-16", "2024-10-08", "2025-04-08", "2025-10-14")]


def seller(seed: int = 9) -> Life:
    """Two and a half years: a week at Easter, two and a half in August."""
    away = Holidays(
        [
            (at("2023-08-05"), at("2023-08-23")), (at("2024-03-29"), at("2024-04-07")), (at("2024-08-03"), at("2024-08-21")),
            (at("2025-04-18"), at("2025-04-27")), (at("2025-08-02"), at("2025-08-20")),
        ]
    )  # fmt: skip
    life = Life("goran@hydraflow-pumps.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (4, 5, 7, 9, 14, 18):
        life.friend(next(who), every, meetings=0.3, domain="hydraflow-pumps.example" if every < 8 else "")
    for every in (28, 30, 42, 50, 58, 75, 90, 91, 95):
        life.friend(next(who), every, meetings=0.35, spread=0.25)
    lapses = (
        (9, "2025-05-16"),
        (21, "2025-03-21"),
        (30, "2025-06-13"),
        (50, "2025-03-07"),
        (90, "2025-01-17"),
        (60, "2025-07-18"),
    )
    lost = [life.friend(next(who), every, ends=at(day), meetings=0.3) for every, day in lapses]
    for _ in range(2):
        fair(life, next(who), FAIRS)
    fair(life, next(who), FAIRS, ends=at("2024-11-30"))
    for day in ("2024-02-23", "2024-07-12", "2024-12-06", "2025-03-14", "2025-05-23", "2025-07-04", "2025-10-10"):
        matter(
            life,
            next(who),
            at(day) - life.random.uniform(90, 150) * DAY,
            at(day),
            every=life.random.choice((10, 14, 18)),
        )
    for begins in ("2025-06-09", "2025-08-25"):
        matter(life, next(who), at(begins), life.ends, every=12)
    project(life, "Waterworks", [next(who) for _ in range(4)], at("2024-05-06"), at("2025-05-30"), every=8)
    on_leave(life, next(who), 10, at("2025-06-30"), at("2025-07-20"))
    on_leave(life, next(who), 16, at("2025-05-12"), at("2025-11-03"))
    on_leave(life, next(who), 7, at("2025-08-21"), at("2025-09-10"), announced=False)
    automatic(life, life.bonds[6], at("2025-07-08"), "annual leave until 25 July")
    mover = life.friend(next(who), 14, ends=at("2025-06-27"))
    moved(life, mover, "aquasystems.example", at("2025-06-27"))
    for i in range(55):
        brief(life, next(who), life.begins + (6 + 16 * i) * DAY, mails=2 + i % 5)
    for i in range(40):
        unanswered(life, next(who), life.begins + (12 + 21 * i) * DAY, mails=2 + i % 3)
    for i in range(8):
        sequence(life, next(who), life.begins + (50 + 100 * i) * DAY, mails=6, replied=1 if i % 3 == 2 else None)
    help_desk(life, "Tickets", "crmcloud.example", [at("2024-09-02") + 23 * i * DAY for i in range(18)])
    webinar(life, "Industry Breakfast", [lost[1].addresses[0]], at("2024-06-05T07:00"), 18)
    group(life, "sales", "hydraflow-lists.example", at("2024-03-04"), 45, friends=[life.bonds[0], life.bonds[1]])
    introduction(life, life.bonds[7], next(who), at("2025-05-13T10:00"), thanked="cc")
    introduction(life, life.bonds[4], next(who), at("2025-09-30T10:00"), thanked="")
    newsletters(life, 5)
    return life
