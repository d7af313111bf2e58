"""A shopkeeper who imports: suppliers abroad order by order, forwarders, fairs, a landlord, shops that buy from him."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.rhythms import meals
from tests.lives.scenes import bounced, brief, group, help_desk, introduction, moved, newsletters, sequence
from tests.lives.seasons import automatic, birthday, fair, tax_season, unanswered
from tests.lives.truth import Holidays
from tests.lives.turns import orders, phoned, successor
from tests.lives.ways import circular, through_assistant, two_addresses

FAIRS = [at(day) for day in ("2023-09-03", "2024-01-27", "2024-09-01", "2025-01-25", "2025-08-31")]
FAIR_EVERY = 182.0
NEW_YEAR = [(at(first), at(last)) for first, last in (("2024-02-04", "2024-02-26"), ("2025-01-24", "2025-02-14"))]


def importer(seed: int = 14) -> Life:
    """Two and a half years: he closes for two weeks each February and ten days in July."""
    spans = [("02-03", "02-16"), ("07-20", "07-30")]
    away = Holidays([(at(f"{year}-{a}"), at(f"{year}-{b}")) for year in (2023, 2024, 2025) for a, b in spans])
    life = Life("anselm@teahouse-imports.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (6, 9, 12, 20, 28, 45, 60):  # friends, and people of the trade
        life.friend(next(who), every, meetings=0.2)
    for every in (11, 16, 24):  # the forwarder, customs, the bank: nobody ever meets
        life.friend(next(who), every, meetings=0.0, spread=0.5)
    for every in (70, 85, 100, 120, 60):
        orders(life, next(who), every, closed=NEW_YEAR)
    for every in (30, 42, 50, 65):  # shops that buy from him
        life.friend(next(who), every, meetings=0.05, spread=0.35)
    phoned(life, next(who), 14)
    phoned(life, next(who), 91)  # the landlord
    meals(life, next(who), 40)
    through_assistant(life, next(who), next(who), 60)
    lapses = ((9, "2025-06-06"), (20, "2025-04-11"), (30, "2025-08-22"), (45, "2025-03-14"), (65, "2025-05-02"))
    lost = [life.friend(next(who), every, ends=at(day), meetings=0.1) for every, day in lapses]
    orders(life, next(who), 70, ends=at("2024-12-20"))
    phoned(life, next(who), 12, ends=at("2025-07-18"))
    two_addresses(life, next(who), 18)
    two_addresses(life, next(who), 21, ends=at("2025-05-23"))
    successor(life, "Kyoto-Leaf", next(who), next(who), at("2025-04-04"), 14)
    successor(life, "Assam-Estates", next(who), next(who), at("2024-10-11"), 20)
    successor(life, "Portline", next(who), next(who), at("2025-08-15"), 9)
    for ends in (None, None, at("2024-10-31")):
        fair(life, next(who), FAIRS, ends=ends).every = FAIR_EVERY
    tax_season(life, next(who), 3, weeks=7)
    birthday(life, next(who), 5, 19)
    mover = life.friend(next(who), 22, ends=at("2025-05-16"))
    moved(life, mover, "spicetrade.example", at("2025-05-16"))
    for i in range(80):  # customers of the shop
        brief(life, next(who), life.begins + (4 + 11 * i) * DAY, mails=2 + i % 3)
    circular(life, [next(who) for _ in range(8)], 45, 0.4)
    for i in range(16):
        sequence(life, next(who), life.begins + (15 + 55 * i) * DAY, mails=6, replied=1 if i % 4 == 1 else None)
    for i in range(12):
        unanswered(life, next(who), life.begins + (33 + 70 * i) * DAY)
    help_desk(life, "Seller Care", "shopfront.example", [at("2023-11-13") + 14 * i * DAY for i in range(45)])
    group(life, "traders", "highstreet-traders.example", at("2023-10-02"), 50, friends=[lost[1], life.bonds[3]])
    automatic(life, life.bonds[4], at("2025-08-19"), "Annual leave")
    bounced(life, lost[3], at("2025-07-08T09:00"))
    introduction(life, life.bonds[2], next(who), at("2025-04-15T10:00"), thanked="cc")
    introduction(life, life.bonds[5], next(who), at("2025-10-07T10:00"), thanked="")
    newsletters(life, 6)
    return life
