"""People who come and go by their turn: pupils' parents, orders, successors, seasonal teams; and who is only phoned."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.rhythms import bursts
from tests.lives.seasons import term_time
from tests.lives.truth import Bond, Kind


def parents(life: Life, year: str, names: Sequence[str], begins: datetime, ends: datetime) -> list[Bond]:
    """Parents of pupils who leave in the same summer: some worry often, most now and then, and all are gone with them."""
    found = []
    for name in names:
        bond = life.who(
            name, f"{name.rsplit(maxsplit=1)[-1].lower()}-family.example", Kind.PROJECT, life.random.choice((12, 18, 25, 40)),
            firm=f"parents of {year}",
        )  # fmt: skip
        life.rhythm(bond, begins + life.random.uniform(0, 90) * DAY, ends, meetings=0.2, spread=0.5)
        bond.ends = bond.last(ends + 30 * DAY)
        found.append(bond)
    return found


def orders(
    life: Life, name: str, every: float, *, weeks: float = 2.5, closed: Sequence[tuple[datetime, datetime]] = (),
    ends: datetime | None = None,
) -> Bond:  # fmt: skip
    """A supplier: an order, its invoice and its shipping within some weeks, and nothing until the next one."""
    bond = bursts(life, name, every, ends=ends, weeks=weeks)
    bond.off = list(closed)
    return bond


def successor(life: Life, firm: str, old: str, new: str, when: datetime, every: float) -> tuple[Bond, Bond]:
    """The one at a firm who looks after the owner leaves, and names who does it from now on."""
    domain = f"{firm.lower()}.example"
    before, after = (
        life.who(old, domain, Kind.PROJECT, every, firm=f"{firm} {old}"),
        life.who(new, domain, Kind.FRIEND, every),
    )
    life.rhythm(before, life.begins + life.random.uniform(0, every) * DAY, when, meetings=0.05)
    moment = life.hour(life.workday(when))
    life.box.mail(moment, before.addresses[0], life.me, cc=after.addresses, subject=f"{new} will look after you")
    before.contacts.append(moment)
    before.ends = before.last(when + 30 * DAY)
    life.rhythm(after, when + 5 * DAY, life.ends, meetings=0.05)
    after.begins = min(after.contacts)
    return before, after


def phoned(life: Life, name: str, every: float, *, ends: datetime | None = None) -> Bond:
    """Somebody who picks up the phone and hardly ever writes: calls in the owner's calendar that they never answer."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-line.example", Kind.FRIEND, every)
    moment, last = life.begins + life.random.uniform(2, every) * DAY, ends or life.ends
    while moment < last:
        day = life.workday(moment).replace(hour=17, minute=0)
        if life.away.off(day):
            moment += DAY
            continue
        if life.random.random() < 0.4:
            life.talk(
                bond, day - 2 * DAY, 2 if life.random.random() < 0.3 else 1, mine=True, subject="A call?", until=day
            )
        life.box.meet(
            day,
            {life.me: "ACCEPTED", bond.addresses[0]: "NEEDS-ACTION"},
            life.me,
            booked=2,
            minutes=30,
            subject=f"Call {name}",
        )
        bond.contacts.append(day + timedelta(minutes=30))
        moment += max(2.0, life.random.gauss(every, 0.35 * every)) * DAY
    bond.begins, bond.ends = min(bond.contacts), bond.last(ends + 3 * DAY) if ends else None
    return bond


def seasonal_team(
    life: Life, names: Sequence[str], every: float, breaks: Sequence[tuple[datetime, datetime]], subject: str
) -> list[Bond]:
    """A committee at work for some months of each year, each of it alone and all of it on one thread."""
    team = [term_time(life, name, every, breaks) for name in names]
    moment = life.begins + 5 * DAY
    while moment < life.ends:
        off = any(first <= moment <= last for first, last in breaks)
        if not off and not life.away.off(moment):
            when = life.hour(life.workday(moment))
            life.box.mail(when, life.me, [one.addresses[0] for one in team], subject=subject)
            for one in team:
                one.contacts.append(when)
        moment += 9 * DAY
    return team


def council(
    life: Life, names: Sequence[str], begins: datetime, times: int, *, leaves: Sequence[tuple[int, datetime]] = ()
) -> list[Bond]:
    """A board of seven or eight that meets once a month; a few words with each before or after; terms that end."""
    members = [life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-board.example", Kind.PROJECT, 30, firm=f"seat of {name}") for name in names]  # fmt: skip
    until = dict(leaves)
    for i in range(times):
        day = life.workday(begins + 30 * i * DAY).replace(hour=19)
        if life.away.off(day) or day > life.ends:
            continue
        here = [one for seat, one in enumerate(members) if day < until.get(seat, life.ends)]
        answers = dict.fromkeys([life.me, *(one.addresses[0] for one in here)], "ACCEPTED")
        life.box.meet(day, answers, here[0].addresses[0], booked=25, minutes=120, subject="Board")
        papers = life.hour(life.workday(day - 7 * DAY))
        life.box.mail(
            papers, here[0].addresses[0], [life.me, *(one.addresses[0] for one in here[1:])], subject="Papers"
        )
        for one in here:
            one.contacts.append(day + timedelta(hours=2))
            if life.random.random() < 0.3:
                life.talk(one, day + life.random.uniform(-6, 6) * DAY, 2, subject="The agenda")
    for seat, day in leaves:
        members[seat].ends = members[seat].last(day + 30 * DAY)
    return members
