"""A recruiter: many brief exchanges, sequences of his own that few answer, clients in rhythms, candidates who come back."""

from tests.lives.life import DAY, Life
from tests.lives.mailbox import at
from tests.lives.names import names
from tests.lives.scenes import brief, introduction, newsletters, project, sequence
from tests.lives.truth import Holidays, Kind


def recruiter(seed: int = 4) -> Life:
    """Two and a half years; what he sends to strangers is no relationship either."""
    away = Holidays([(at("2025-06-20"), at("2025-07-06"))])
    life = Life("ivo@placed.example", at("2023-07-03"), at("2026-01-05"), seed=seed, away=away)
    who = names(seed * 100)
    for every in (7, 10, 14, 14, 21, 30, 30, 60, 75):
        life.friend(next(who), every, meetings=0.3)
    for every, lapsed in ((9, "2025-05-08"), (14, "2025-03-27"), (30, "2025-05-22"), (56, "2025-01-30")):
        life.friend(next(who), every, ends=at(lapsed))
    project(life, "Quayside", [next(who) for _ in range(4)], at("2024-05-06"), at("2025-07-31"), every=7)
    for i in range(70):
        brief(life, next(who), life.begins + (5 + 12 * i) * DAY, mails=2 + i % 5)
    for i in range(30):
        stranger = life.who(next(who), f"cold{i}.example", Kind.NOBODY)
        for week in range(4):
            day = life.workday(life.begins + (30 + 25 * i + 7 * week) * DAY)
            if away.off(day):
                continue
            life.box.mail(life.hour(day), life.me, stranger.addresses[0], subject="A role for you")
        if i % 3 == 0:
            life.box.mail(life.hour(day + DAY), stranger.addresses[0], life.me, subject="Re: A role for you")
    for i in range(6):
        sequence(life, next(who), life.begins + (60 + 120 * i) * DAY)
    life.lunch(life.bonds[2], at("2025-10-02T12:00"), answer="NEEDS-ACTION")
    introduction(life, life.bonds[0], next(who), at("2025-10-14T10:00"), thanked="cc")
    newsletters(life, 4)
    return life
