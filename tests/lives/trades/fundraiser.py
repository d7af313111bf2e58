"""A fundraiser: donors seen every other month, a gala each year, a board, and dinners booked far ahead."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import bounced, brief, group, help_desk, newsletters, webinar, yearly
from tests.lives.truth import Holidays


def fundraiser(seed: int = 5) -> Life:
    """Two and a half years of slow rhythms, where the usual gap is months."""
    away = Holidays([(at("2024-08-01"), at("2024-08-31")), (at("2025-08-01"), at("2025-08-31"))])
    life = Life("edda@harbourfund.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (10, 14, 30, 45, 56, 56, 60, 60, 75, 90, 91, 91):
        life.friend(next(who), every, meetings=0.4, spread=0.2)
    lapses = ((14, "2025-04-10"), (30, "2025-03-12"), (56, "2024-12-12"), (60, "2024-11-20"), (91, "2024-10-30"))
    lost = [life.friend(next(who), every, ends=at(day), meetings=0.4, spread=0.2) for every, day in lapses]
    answers = {life.me: "ACCEPTED", lost[0].addresses[0]: "ACCEPTED"} | {
        f"g{i}@guests.example": "ACCEPTED" for i in range(40)
    }
    life.box.meet(at("2026-06-12T18:00"), answers, life.me, booked=600, subject="Summer gala")
    life.box.meet(
        at("2026-06-20T18:00"),
        {life.me: "ACCEPTED", lost[1].addresses[0]: "ACCEPTED"},
        life.me,
        booked=500,
        subject="Dinner in June",
    )
    for month, day in ((10, 9), (5, 22)):
        yearly(life, next(who), month, day)
    for i in range(24):
        brief(life, next(who), life.begins + (12 + 36 * i) * DAY)
    help_desk(life, "Nora", "donorbase.example", [at("2025-01-13") + 21 * i * DAY for i in range(10)])
    webinar(life, "Giving Circle", [lost[2].addresses[0]], at("2024-08-20T15:00"), 18)
    group(life, "board", "harbour-trust.example", at("2024-04-01"), 24, friends=[life.bonds[4], lost[1]])
    bounced(life, lost[0], at("2025-06-03T09:00"))
    life.lunch(life.bonds[3], at("2025-10-16T12:00"), answer="NEEDS-ACTION")
    newsletters(life, 3)
    return life
