"""Other ways of keeping in touch than a talk now and then: meals planned ahead, bursts of work, a standing hour."""

from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.truth import Bond, Kind


def meals(
    life: Life, name: str, every: float, *, ends: datetime | None = None, ahead: tuple[float, float] = (5, 16)
) -> Bond:
    """Somebody met for a meal: a date is found by email some days ahead, there is a reminder, and a word of thanks."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-table.example", Kind.FRIEND, every)
    moment, last = life.begins + life.random.uniform(5, every) * DAY, ends or life.ends
    while moment < last:
        day = life.workday(moment).replace(hour=12, minute=0)
        if life.away.off(day):
            moment += DAY
            continue
        life.talk(bond, day - life.random.uniform(*ahead) * DAY, life.random.randint(2, 3), subject="Lunch?", until=day)
        if life.random.random() < 0.5:
            life.talk(bond, day - DAY, 1, subject="See you tomorrow", until=day)
        life.lunch(bond, day)
        if life.random.random() < 0.6:
            life.talk(bond, day + DAY, life.random.randint(1, 2), subject="Thank you for today", until=last + 5 * DAY)
        moment += max(6.0, life.random.gauss(every, 0.2 * every)) * DAY
    bond.begins, bond.ends = min(bond.contacts), bond.last(ends + 9 * DAY) if ends else None
    return bond


def bursts(life: Life, name: str, every: float, *, ends: datetime | None = None, weeks: float = 3) -> Bond:
    """A co-author: some weeks of many emails before a deadline, then months of nothing, which mean nothing."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-institute.example", Kind.FRIEND, every)
    moment, last = life.begins + life.random.uniform(0, every) * DAY, ends or life.ends
    while moment < last:
        day = moment
        while day < min(last, moment + 7 * weeks * DAY):
            if not life.away.off(day):
                life.talk(bond, day, life.random.randint(2, 4), subject="Revision", until=last)
            day += life.random.uniform(3, 6) * DAY
        moment += max(7 * weeks + 30, life.random.gauss(every, 0.2 * every)) * DAY
    bond.begins, bond.ends = min(bond.contacts), bond.last(ends) if ends else None
    return bond


def standing(life: Life, name: str, firm: str, begins: datetime, ends: datetime) -> Bond:
    """A standing hour of the two each week, with few emails beside it, until the work is done."""
    bond = life.who(name, f"{firm.lower()}.example", Kind.PROJECT, 7, firm=f"{firm} {name}")
    day = life.workday(begins).replace(hour=10, minute=0)
    while day < ends:
        if not life.away.off(day):
            answers = {life.me: "ACCEPTED", bond.addresses[-1]: "ACCEPTED"}
            life.box.meet(day, answers, life.me, booked=20, subject="Weekly")
            bond.contacts.append(day + timedelta(hours=1))
            if life.random.random() < 0.25:
                life.talk(bond, day + DAY, 2)
        day += 7 * DAY
    bond.ends = bond.last(ends + 30 * DAY)
    return bond
