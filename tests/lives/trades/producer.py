"""A film producer: crews for some months, freelancers who come back, festivals in spring, agents with assistants."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import bounced, brief, group, help_desk, introduction, moved, newsletters, sequence, yearly
from tests.lives.seasons import fair, on_leave, unanswered
from tests.lives.truth import Holidays
from tests.lives.ways import circular, crew, freelancer, through_assistant, two_addresses

#: two festivals close to each other each year: from May to February nobody is missed
FESTIVALS = [at(day) for day in ("2024-02-17", "2024-05-18", "2025-02-15", "2025-05-17")]
FESTIVAL_EVERY = 230.0


def producer(seed: int = 12) -> Life:
    """Two and a half years: two weeks each August, ten days in November."""
    spans = [("08-09", "08-24"), ("11-08", "11-17")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("dario@lanternfilm.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (5, 7, 10, 14, 20, 30, 42, 60, 90):
        life.friend(next(who), every, meetings=0.25)
    for every in (45, 60, 75):  # writers of scripts in the making
        life.friend(next(who), every, meetings=0.2, spread=0.4)
    lapses = ((7, "2025-04-11"), (14, "2025-06-20"), (30, "2025-03-07"), (42, "2025-07-11"), (90, "2024-12-12"))
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    resumed = life.friend(next(who), 15, ends=at("2024-10-04"))
    life.rhythm(resumed, at("2025-03-24"), life.ends)
    resumed.ends = None
    for every, ends in ((30, None), (45, None), (30, at("2025-05-16"))):
        through_assistant(life, next(who), next(who), every, ends=ends)
    two_addresses(life, next(who), 12)
    two_addresses(life, next(who), 25)
    two_addresses(life, next(who), 14, ends=at("2025-05-02"))
    free = [freelancer(life, next(who)) for _ in range(5)]
    crew(life, "Saltmarsh", [next(who) for _ in range(4)], free[:3], at("2024-03-04"), at("2024-09-27"))
    crew(life, "Nightferry", [next(who) for _ in range(4)], free[1:], at("2025-03-17"), at("2025-08-01"))
    for ends in (None, None, at("2024-06-30")):
        fair(life, next(who), FESTIVALS, ends=ends).every = FESTIVAL_EVERY
    yearly(life, next(who), 9, 6)
    on_leave(life, next(who), 12, at("2025-06-02"), at("2025-09-29"), word="on parental leave until 28 September 2025")
    mover = life.friend(next(who), 13, ends=at("2025-04-25"))
    moved(life, mover, "bigscreen.example", at("2025-04-25"))
    circular(life, [next(who) for _ in range(6)], 30, 0.3)
    for i in range(45):
        brief(life, next(who), life.begins + (7 + 19 * i) * DAY, mails=2 + i % 4)
    for i in range(12):
        sequence(life, next(who), life.begins + (18 + 70 * i) * DAY, mails=5, replied=1 if i % 4 == 2 else None)
    for i in range(10):
        unanswered(life, next(who), life.begins + (28 + 85 * i) * DAY)
    help_desk(life, "Rentals", "camerahire.example", [at("2024-03-11") + 16 * i * DAY for i in range(32)])
    group(life, "guild", "producers-guild.example", at("2024-02-12"), 40, friends=[lost[1], life.bonds[4]])
    bounced(life, lost[2], at("2025-07-01T09:00"))
    introduction(life, life.bonds[3], next(who), at("2025-05-20T10:00"), thanked="bcc")
    introduction(life, life.bonds[5], next(who), at("2025-10-14T10:00"), thanked="")
    newsletters(life, 5)
    return life
