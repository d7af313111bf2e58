"""A parish priest: his own people, volunteers, councils, families of one year, couples until the wedding, the bereaved."""

from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import brief, group, help_desk, introduction, newsletters, project, sequence, yearly
from tests.lives.seasons import automatic, birthday, circle, matter, on_leave, term_time
from tests.lives.truth import Bond, Holidays, Kind
from tests.lives.turns import council, orders, parents, phoned, successor
from tests.lives.ways import circular, slowed, through_assistant, two_addresses

#: the choir and the catechists pause in summer
SUMMER = [(at(f"{year}-07-06"), at(f"{year}-09-08")) for year in (2023, 2024, 2025)]


def bereaved(life: Life, name: str, when: datetime) -> Bond:
    """A family at a funeral: some talks within three weeks, a word after six weeks, and that was it."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-home.example", Kind.BRIEF)
    for after, mails in ((0, 3), (5, 2), (17, 2), (42, 2)):
        if not life.away.off(when + after * DAY):
            life.talk(bond, when + after * DAY, mails, subject="The funeral")
    return bond


def priest(seed: int = 17) -> Life:
    """Two and a half years: two weeks in July away, and one after Easter."""
    spans = [("2023-07-10", "2023-07-24"), ("2024-04-02", "2024-04-09"), ("2024-07-08", "2024-07-22")]
    spans += [("2025-04-22", "2025-04-29"), ("2025-07-07", "2025-07-21")]
    away = Holidays([(at(first), at(last)) for first, last in spans])
    life = Life("anselm@st-brendan.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (3, 5, 7):  # the secretary of the parish, the deacon, who runs the kindergarten
        life.friend(next(who), every, meetings=0.15, domain="st-brendan.example")
    for every in (7, 10):  # the choirmaster, who prepares the catechists
        term_time(life, next(who), every, SUMMER)
    close = [life.friend(next(who), every) for every in (9, 14, 16)]  # volunteers
    circle(life, close, 18, "Sunday lunch for everybody")
    for every in (21, 28, 35, 45, 60, 90, 110):  # fellow priests, friends of the seminary, the hospice
        life.friend(next(who), every, meetings=0.3)
    phoned(life, next(who), 14)
    phoned(life, next(who), 40)
    meals(life, next(who), 60)
    two_addresses(life, next(who), 24)
    through_assistant(life, next(who), next(who), 70)  # the bishop
    lapses = ((12, "2025-05-02"), (21, "2025-06-13"), (30, "2025-03-28"), (60, "2025-04-11"), (90, "2025-02-14"))
    lost = [life.friend(next(who), every, ends=at(day)) for every, day in lapses]
    phoned(life, next(who), 28, ends=at("2025-05-16"))
    slowed(life, next(who), 6, 40, at("2024-09-02"))  # the chaplain, who has a parish of his own now
    successor(life, "hospital", next(who), next(who), at("2025-06-20"), 15)
    for year, begins, ends in (("2024", "2023-10-02", "2024-05-12"), ("2025", "2024-10-07", "2025-05-25")):
        parents(life, f"first communion {year}", [next(who) for _ in range(6)], at(begins), at(ends))
    current = parents(life, "first communion 2026", [next(who) for _ in range(5)], at("2025-10-06"), life.ends)
    for one in current:
        one.ends = None
    for day in (
        "2024-06-08",
        "2024-09-14",
        "2025-05-31",
        "2025-06-28",
        "2025-09-06",
    ):  # weddings, from the first talk on
        matter(life, next(who), at(day) - timedelta(days=life.random.uniform(110, 200)), at(day), every=21)
    for i in range(16):
        bereaved(life, next(who), life.begins + (20 + 53 * i) * DAY)
    council(life, [next(who) for _ in range(8)], at("2023-09-14"), 28, leaves=((3, at("2025-03-31")),))
    project(life, "Roofworks", [next(who) for _ in range(3)], at("2024-08-19"), at("2025-06-13"), every=9)
    orders(life, next(who), 75)  # candles and wine
    yearly(life, next(who), 9, 20)  # the partner parish abroad
    birthday(life, next(who), 5, 8)
    on_leave(life, next(who), 12, at("2025-08-18"), at("2025-10-06"))
    for i in range(45):
        brief(life, next(who), life.begins + (9 + 19 * i) * DAY, mails=2 + i % 4)
    circular(life, [next(who) for _ in range(9)], 28, 0.3)
    for i in range(6):
        sequence(life, next(who), life.begins + (33 + 140 * i) * DAY, mails=5, replied=1 if i % 3 == 0 else None)
    help_desk(life, "Registry", "diocese-registry.example", [at("2024-02-05") + 26 * i * DAY for i in range(24)])
    group(life, "deanery", "deanery-lists.example", at("2023-11-06"), 55, friends=[lost[1], close[0]])
    automatic(life, close[1], at("2025-08-04"), "back on 18 August")
    introduction(life, close[2], next(who), at("2025-04-08T10:00"), thanked="")
    introduction(life, lost[4], next(who), at("2025-01-14T10:00"), thanked="mail")
    newsletters(life, 5)
    return life
