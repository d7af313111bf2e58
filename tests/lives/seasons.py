"""What a year brings: term time, a tax season, fairs, birthdays, leaves of the others, and answers of machines."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.truth import Bond, Kind


def term_time(life: Life, name: str, every: float, breaks: Sequence[tuple[datetime, datetime]]) -> Bond:
    """Somebody met in term time only: the long breaks are nobody's silence, and the same each year."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-school.example", Kind.FRIEND, every)
    bond.off = list(breaks)
    begins = life.begins
    for first, last in [*breaks, (life.ends, life.ends)]:
        life.rhythm(bond, begins, first, meetings=0.1)
        begins = last
    bond.begins = min(bond.contacts)
    return bond


def tax_season(life: Life, name: str, month: int, *, weeks: int = 10) -> Bond:
    """Somebody worked with each year for some weeks, and not at all in between."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-tax.example", Kind.YEARLY, 365)
    for year in range(life.begins.year, life.ends.year + 1):
        day = life.begins.replace(year=year, month=month, day=8)
        for _ in range(weeks):
            if life.begins < day < life.ends and not life.away.off(day):
                life.talk(bond, day, life.random.randint(2, 3), subject="Annual accounts")
            day += life.random.uniform(5, 9) * DAY
    return bond


def birthday(life: Life, name: str, month: int, day: int) -> Bond:
    """A greeting each year, and a word of thanks for it."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-home.example", Kind.YEARLY, 365)
    for year in range(life.begins.year, life.ends.year + 1):
        there = life.begins.replace(year=year, month=month, day=day, hour=9)
        if life.begins < there < life.ends:
            life.talk(bond, there, 2, subject="Happy birthday", mine=True)
    return bond


def fair(life: Life, name: str, days: Sequence[datetime], *, ends: datetime | None = None) -> Bond:
    """Somebody met at a trade fair twice a year: mails before it, a coffee there, mails after it."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-stand.example", Kind.FRIEND, 182)
    for there in days:
        if life.begins < there < (ends or life.ends):
            life.talk(bond, there - 16 * DAY, 2, subject="Are you at the fair?")
            life.lunch(bond, there.replace(hour=15), booked=12)
            life.talk(bond, there + 6 * DAY, 3, subject="As promised")
    bond.begins, bond.ends = min(bond.contacts), bond.last(ends) if ends else None
    return bond


def on_leave(
    life: Life, name: str, every: float, first: datetime, last: datetime, *, announced: bool = True, word: str = ""
) -> Bond:
    """A friend who is away for a while: said by an automatic reply if `announced`; it goes on afterwards."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-works.example", Kind.FRIEND, every)
    bond.off = [(first, last)]
    life.rhythm(bond, life.begins + life.random.uniform(0, every) * DAY, first)
    if announced:
        automatic(life, bond, life.workday(first + 9 * DAY), word or f"back on {last.day} {last:%B %Y}")
    life.rhythm(bond, last + life.random.uniform(2, 8) * DAY, life.ends)
    bond.begins = min(bond.contacts)
    return bond


def automatic(life: Life, bond: Bond, when: datetime, word: str) -> None:
    """The owner writes, and a machine answers."""
    when = life.hour(when)
    asked = life.box.mail(when, life.me, bond.addresses[-1], subject="A short question")
    bond.contacts.append(when)
    life.box.mail(
        when + timedelta(minutes=1), bond.addresses[-1], life.me,
        subject=f"Out of office: {word}", reply=asked, headers=("Auto-Submitted: auto-replied",),
    )  # fmt: skip


def unanswered(life: Life, name: str, when: datetime, mails: int = 3) -> Bond:
    """Somebody the owner writes to, who never answers."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-silent.example", Kind.NOBODY)
    for i in range(mails):
        day = life.workday(when + 8 * i * DAY)
        if not life.away.off(day) and day < life.ends:
            life.box.mail(life.hour(day), life.me, bond.addresses[0], subject="May I ask you something?")
    return bond


def matter(life: Life, name: str, begins: datetime, ends: datetime, every: float = 9) -> Bond:
    """One client, one matter: some months of work, and then it is closed."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-client.example", Kind.PROJECT, every, firm=name)
    life.rhythm(bond, begins, ends, meetings=0.2)
    bond.ends = bond.last(ends + 30 * DAY)
    return bond


def circle(life: Life, friends: Sequence[Bond], every: float, subject: str) -> None:
    """A few friends on one thread now and then: everybody reads it, most of them answer."""
    moment = life.begins + 20 * DAY
    while moment < life.ends:
        if not life.away.off(moment):
            everybody = [one.addresses[-1] for one in friends]
            day = life.workday(moment)
            reply = life.box.mail(life.hour(day), life.me, everybody, subject=subject)
            for one in friends:
                one.contacts.append(day)
            for one in life.random.sample(list(friends), max(1, len(friends) - 1)):
                others = [life.me, *(other for other in everybody if other != one.addresses[-1])]
                later = life.hour(life.workday(day + life.random.uniform(0.1, 2) * DAY))
                if later < life.ends:
                    life.box.mail(later, one.addresses[-1], others, subject=f"Re: {subject}", reply=reply)
        moment += max(3.0, life.random.gauss(every, 0.3 * every)) * DAY


def party(life: Life, host: Bond, when: datetime, guests: int = 30) -> None:
    """An invitation to a crowd by a friend: being asked among thirty is no conversation."""
    answers = {host.addresses[-1]: "ACCEPTED", life.me: "NEEDS-ACTION"}
    answers |= {f"guest{i}@parties.example": "NEEDS-ACTION" for i in range(guests)}
    life.box.meet(when, answers, host.addresses[-1], booked=40, subject="Summer party")
