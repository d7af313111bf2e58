"""An architect: building sites that end, lunches planned ahead, a partner she writes to daily, and an illness."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import bounced, brief, group, help_desk, introduction, newsletters, project, sequence
from tests.lives.truth import Holidays


def architect(seed: int = 6) -> Life:
    """Two and a half years; she is ill for five weeks in spring, when nobody's silence means anything."""
    ill = (at("2025-04-14"), at("2025-05-18"))
    away = Holidays([(at("2024-07-20"), at("2024-08-11")), ill, (at("2025-08-09"), at("2025-08-24"))])
    life = Life("ruth@lintel-studio.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (4, 7, 12, 15, 24, 40):
        life.friend(next(who), every)
    for every in (21, 30, 42, 60, 91):
        meals(life, next(who), every)
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in ((9, "2025-06-06"), (25, "2025-02-21"))]
    for every, day in ((30, "2025-06-13"), (60, "2025-01-31"), (42, "2025-08-29")):
        meals(life, next(who), every, ends=at(day))
    project(life, "Brickyard", [next(who) for _ in range(4)], at("2024-02-05"), at("2025-03-28"), every=7)
    project(life, "Harbourside", [next(who) for _ in range(5)], at("2024-09-02"), at("2025-09-26"), every=9)
    project(life, "Millrace", [next(who) for _ in range(3)], at("2025-02-03"), life.ends, every=8)
    for i in range(50):
        brief(life, next(who), life.begins + (8 + 17 * i) * DAY, mails=2 + i % 4)
    for i in range(10):
        sequence(life, next(who), life.begins + (25 + 85 * i) * DAY, replied=2 if i % 3 == 1 else None)
    help_desk(life, "Owen", "cadworks.example", [at("2024-10-07") + 26 * i * DAY for i in range(14)])
    group(life, "chapter", "architects-guild.example", at("2024-06-03"), 22, friends=[lost[0], life.bonds[2]])
    introduction(life, life.bonds[3], next(who), at("2025-06-24T10:00"), thanked="mail")
    introduction(life, life.bonds[1], next(who), at("2025-10-07T10:00"), thanked="")
    bounced(life, lost[1], at("2025-05-27T09:00"))
    newsletters(life, 4)
    return life
