"""A retired accountant who keeps the books of a parish: a council, a fair each June, donors at Christmas, old friends."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import brief, group, help_desk, introduction, newsletters, project, yearly
from tests.lives.seasons import birthday, circle, on_leave, party, tax_season, term_time, unanswered
from tests.lives.truth import Holidays
from tests.lives.turns import council, phoned, seasonal_team
from tests.lives.ways import circular, slowed, through_assistant, two_addresses

#: the fair is prepared from January to June
REST = [(at(f"{year}-06-24"), at(f"{year + 1}-01-10")) for year in (2023, 2024, 2025)]
#: neighbours of the summer house
WINTERS = [(at(first), at(last)) for first, last in (("2023-09-15", "2024-05-20"), ("2024-09-14", "2025-05-18"), ("2025-09-16", "2026-01-05"))]  # fmt: skip


def treasurer(seed: int = 16) -> Life:
    """Two and a half years: three weeks each January in the south, two in September."""
    spans = [("01-08", "01-28"), ("09-01", "09-14")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("ottilie@ottilie-brook.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (4, 8, 12, 18, 25, 33, 48, 70, 95):
        life.friend(next(who), every, meetings=0.15)
    circle(life, life.bonds[1:5], 25, "Bridge")
    for every in (10, 28, 60):
        phoned(life, next(who), every)
    for every in (30, 75):
        meals(life, next(who), every)
    through_assistant(life, next(who), next(who), 28)  # the vicar, whose secretary writes
    two_addresses(life, next(who), 20)
    lapses = ((8, "2025-04-25"), (12, "2025-07-11"), (18, "2025-10-10"), (33, "2025-03-14"), (48, "2025-05-30"))
    lost = [life.friend(next(who), every, ends=at(day), meetings=0.1) for every, day in lapses]
    phoned(life, next(who), 28, ends=at("2025-04-04"))
    meals(life, next(who), 45, ends=at("2025-06-06"))
    two_addresses(life, next(who), 15, ends=at("2025-08-01"))
    through_assistant(life, next(who), next(who), 30, ends=at("2025-03-28"))
    council(
        life, [next(who) for _ in range(8)], at("2023-09-12"), 28, leaves=((3, at("2025-03-31")), (6, at("2025-06-30")))
    )
    seasonal_team(life, [next(who) for _ in range(5)], 8, REST, "The fair")
    for _ in range(2):
        term_time(life, next(who), 7, WINTERS)
    project(life, "Roofworks", [next(who) for _ in range(3)], at("2024-04-08"), at("2025-05-16"), every=9)
    project(life, "Heritage-Fund", [next(who) for _ in range(2)], at("2024-09-02"), at("2025-08-29"), every=15)
    slowed(life, next(who), 6, 40, at("2024-08-30"))
    on_leave(life, next(who), 10, at("2025-05-05"), at("2025-07-07"), announced=False)
    tax_season(life, next(who), 2, weeks=6)
    for month, day in ((12, 16), (12, 18), (3, 2), (8, 21)):
        birthday(life, next(who), month, day)
    yearly(life, next(who), 10, 8)
    resumed = life.friend(next(who), 14, ends=at("2024-12-06"))
    life.rhythm(resumed, at("2025-05-12"), life.ends)
    resumed.ends = None
    for i in range(35):
        brief(life, next(who), life.begins + (12 + 25 * i) * DAY, mails=2 + i % 4)
    circular(life, [next(who) for _ in range(10)], 60, 0.4)
    for i in range(5):
        unanswered(life, next(who), life.begins + (45 + 160 * i) * DAY)
    help_desk(life, "Gift Aid", "charity-returns.example", [at("2024-02-19") + 28 * i * DAY for i in range(22)])
    group(life, "choir", "parish-lists.example", at("2023-10-02"), 55, friends=[lost[0], life.bonds[2]])
    party(life, life.bonds[6], at("2025-09-27T16:00"))
    introduction(life, life.bonds[3], next(who), at("2025-05-06T10:00"), thanked="mail")
    introduction(life, life.bonds[5], next(who), at("2025-10-21T10:00"), thanked="")
    newsletters(life, 3)
    return life
