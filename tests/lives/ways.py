"""Ways that are harder to read: through an assistant, from two addresses, slower after a move, in a crew or a rota."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.truth import Bond, Kind


def through_assistant(life: Life, name: str, assistant: str, every: float, *, ends: datetime | None = None) -> Bond:
    """Somebody met now and then, whose assistant finds the dates: it is them one misses, though they hardly write."""
    domain = f"{name.rsplit(maxsplit=1)[-1].lower()}-office.example"
    bond, helper = life.who(name, domain, Kind.FRIEND, every), life.who(assistant, domain, Kind.BRIEF, every)
    moment, last = life.begins + life.random.uniform(5, every) * DAY, ends or life.ends
    while moment < last:
        day = life.workday(moment).replace(hour=16, minute=0)
        if life.away.off(day):
            moment += DAY
            continue
        life.talk(helper, day - 12 * DAY, life.random.randint(2, 4), subject="A date", until=day, cc=bond.addresses)
        answers = {life.me: "ACCEPTED", bond.addresses[0]: "ACCEPTED", helper.addresses[0]: "ACCEPTED"}
        life.box.meet(day, answers, helper.addresses[0], booked=8, subject=f"{name} / catch up")
        bond.contacts.append(day + timedelta(hours=1))
        if life.random.random() < 0.3:
            life.talk(bond, day + DAY, 1, subject="Good to see you", until=last + 4 * DAY)
        moment += max(7.0, life.random.gauss(every, 0.2 * every)) * DAY
    for one in (bond, helper):
        one.begins, one.ends = min(one.contacts), one.last(ends + 9 * DAY) if ends else None
    return bond


def two_addresses(life: Life, name: str, every: float, *, ends: datetime | None = None) -> Bond:
    """Somebody who writes from the office or from home, as it happens."""
    surname = name.rsplit(maxsplit=1)[-1].lower()
    bond = life.who(name, f"{surname}-office.example", Kind.FRIEND, every)
    home = f"{name.lower().replace(' ', '')}@mailhome.example"
    life.box.names[home] = name
    bond.addresses.append(home)
    moment = life.begins + life.random.uniform(0, every) * DAY
    while moment < (ends or life.ends):
        if life.away.off(moment):
            moment += DAY
            continue
        if life.random.random() < 0.5:
            bond.addresses.reverse()
        life.talk(bond, moment, life.random.randint(2, 4), until=ends)
        moment += max(1.0, life.random.gauss(every, 0.3 * every)) * DAY
    bond.begins, bond.ends = min(bond.contacts), bond.last(ends) if ends else None
    return bond


def slowed(life: Life, name: str, before: float, after: float, when: datetime) -> Bond:
    """A close colleague who went home: in touch every few days until then, and much more rarely ever since."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-abroad.example", Kind.FRIEND, before)
    life.rhythm(bond, life.begins + life.random.uniform(0, before) * DAY, when, meetings=0.3)
    bond.every = after
    life.rhythm(bond, when + after / 2 * DAY, life.ends, meetings=0.0, spread=0.2)
    bond.begins = min(bond.contacts)
    return bond


def rota(life: Life, team: str, names: Sequence[str], begins: datetime, ends: datetime, every: float = 5) -> list[Bond]:
    """Trainees of the owner's own house, all for the same months: they go on to another one."""
    domain = life.me.partition("@")[2]
    found = []
    for name in names:
        bond = life.who(name, domain, Kind.PROJECT, every, firm=team)
        life.rhythm(bond, begins + life.random.uniform(0, 6) * DAY, ends, meetings=0.2)
        bond.ends = bond.last(ends + 30 * DAY)
        found.append(bond)
    return found


def crew(
    life: Life, film: str, house: Sequence[str], free: Sequence[Bond], begins: datetime, ends: datetime
) -> list[Bond]:
    """A production: some of its house, some freelancers with addresses of their own, and a call sheet to all each week."""
    team = [life.who(name, f"{film.lower()}.example", Kind.PROJECT, 5, firm=film) for name in house]
    for one in free:
        one.firm = film
    everybody = [*team, *free]
    for one in everybody:
        life.rhythm(one, begins + life.random.uniform(0, 9) * DAY, ends, meetings=0.25)
    day = life.workday(begins + 4 * DAY)
    while day < ends:
        if not life.away.off(day):
            when = life.hour(day)
            life.box.mail(when, life.me, [one.addresses[0] for one in everybody], subject=f"{film}: call sheet")
            for one in everybody:
                one.contacts.append(when)
        day = life.workday(day + 7 * DAY)
    for one in everybody:
        one.ends = one.last(ends + 30 * DAY)
    return everybody


def freelancer(life: Life, name: str) -> Bond:
    """Somebody who works on one production or several, from an address of their own."""
    return life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-freelance.example", Kind.PROJECT, 5)


def board(life: Life, members: Sequence[str], begins: datetime, times: int) -> None:
    """A weekly meeting of fourteen that everybody accepts: colleagues of a room, not of the owner."""
    people = [life.who(name, life.me.partition("@")[2], Kind.NOBODY) for name in members]
    for i in range(times):
        day = begins + 7 * i * DAY
        if not life.away.off(day):
            answers = dict.fromkeys([life.me, *(one.addresses[0] for one in people)], "ACCEPTED")
            life.box.meet(day, answers, people[0].addresses[0], booked=30, subject="Weekly board")


def circular(life: Life, readers: Sequence[str], every: float, answered: float) -> None:
    """The owner's own news to sixty in Bcc; some readers send a kind word back, which nobody answers."""
    people = [life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-capital.example", Kind.NOBODY) for name in readers]
    crowd = [f"reader{i}@readers.example" for i in range(60)]
    moment = life.begins + 9 * DAY
    while moment < life.ends:
        when = life.hour(life.workday(moment))
        hidden = [*(one.addresses[0] for one in people), *crowd]
        sent = life.box.mail(when, life.me, life.me, bcc=hidden, subject="News from us")
        for one in people:
            if life.random.random() < answered and when + 2 * DAY < life.ends:
                life.box.mail(
                    life.hour(life.workday(when + DAY)), one.addresses[0], life.me, subject="Re: News from us", reply=sent
                )  # fmt: skip
        moment += every * DAY
