"""What a mailbox is full of besides friends: help desks, sequences, crowds, projects, introductions, bounces, moves."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.lives.life import DAY, Life
from tests.lives.truth import Bond, Kind


def project(
    life: Life, firm: str, names: Sequence[str], begins: datetime, ends: datetime, every: float = 8
) -> list[Bond]:
    """Some months of work with several people of one firm, who all fall silent when it ends."""
    team = []
    for name in names:
        bond = life.who(name, f"{firm.lower()}.example", Kind.PROJECT, every, firm=firm)
        life.rhythm(bond, begins + life.random.uniform(0, 9) * DAY, ends, meetings=0.25)
        bond.ends = bond.last(ends + 30 * DAY)
        team.append(bond)
    return team


def yearly(life: Life, name: str, month: int, day: int) -> Bond:
    """Somebody met at the same conference each year, with a few mails around it."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-conf.example", Kind.YEARLY, 365)
    for year in range(life.begins.year, life.ends.year + 1):
        there = life.begins.replace(year=year, month=month, day=day, hour=18)
        if life.begins < there < life.ends:
            life.talk(bond, there - 13 * DAY, 3, subject="Are you coming this year?")
            life.lunch(bond, there)
            life.talk(bond, there + 4 * DAY, 2, subject="That dinner")
    return bond


def brief(life: Life, name: str, when: datetime, mails: int = 4) -> Bond:
    """One exchange of a few days, and that was it."""
    bond = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-once.example", Kind.BRIEF)
    while life.away.off(when):
        when += DAY
    life.talk(bond, when, mails)
    return bond


def help_desk(life: Life, agent: str, domain: str, days: Sequence[datetime]) -> None:
    """Tickets answered from support+id<number>@ under an agent's first name."""
    bond = Bond(f"{agent} ({domain.split('.', maxsplit=1)[0].title()} Support)", [f"support@{domain}"], Kind.NOBODY)
    life.bonds.append(bond)
    for i, day in enumerate(days):
        ticket = f"support+id{7000 + 31 * i}@{domain}"
        bond.addresses.append(ticket)
        life.box.names[ticket] = bond.name
        subject = f"[Request #{7000 + 31 * i}] Export broken"
        mid = life.box.mail(life.hour(day), life.me, f"support@{domain}", subject="Export broken")
        for hours in (4, 21, 27):
            frm, to = (life.me, ticket) if hours == 21 else (ticket, life.me)
            mid = life.box.mail(life.hour(day) + timedelta(hours=hours), frm, to, subject=subject, reply=mid)


def sequence(life: Life, name: str, begins: datetime, mails: int = 9, replied: int | None = None) -> None:
    """Cold outreach by a human name without a header of a machine; the owner answers one of them at most."""
    bond = life.who(name, f"{name.split(maxsplit=1)[0].lower()}-growth.example", Kind.NOBODY)
    moment, reply = begins, None
    for i in range(mails):
        reply = life.box.mail(
            life.hour(moment), bond.addresses[0], life.me, subject="Re: Quick question" if i else "Quick question"
        )
        if i == replied:
            life.box.mail(
                life.hour(moment) + timedelta(hours=5),
                life.me,
                bond.addresses[0],
                subject="Re: Quick question",
                reply=reply,
            )
        moment = life.workday(moment + life.random.uniform(3, 9) * DAY)


def webinar(
    life: Life, host: str, guests: Sequence[str], begins: datetime, times: int, answer: str = "NEEDS-ACTION"
) -> None:
    """A monthly meeting of a crowd that nobody answers, booked a year ahead."""
    bond = life.who(host, f"{host.split(maxsplit=1)[0].lower()}-table.example", Kind.NOBODY, local="host")
    crowd = [f"guest{i}@company{i}.example" for i in range(60)]
    for i in range(times):
        answers = {bond.addresses[0]: "ACCEPTED", life.me: answer} | dict.fromkeys([*guests, *crowd], "NEEDS-ACTION")
        life.box.meet(begins + 30 * i * DAY, answers, bond.addresses[0], booked=400, subject="Roundtable")


def group(life: Life, local: str, domain: str, begins: datetime, times: int, friends: Sequence[Bond] = ()) -> None:
    """A group address that the owner and others write to; being on it together is being in sight."""
    bond = life.who(f"{local.title()} list", domain, Kind.NOBODY, local=local)
    for i in range(times):
        day = life.workday(begins + 12 * i * DAY)
        life.box.mail(
            life.hour(day),
            life.me if i % 2 else bond.addresses[0],
            bond.addresses[0] if i % 2 else life.me,
            subject="For everybody",
        )
        for friend in friends:
            life.box.mail(
                life.hour(day + DAY), friend.addresses[-1], bond.addresses[0], cc=[life.me], subject="Re: For everybody",
                headers=(f"List-Post: <mailto:{bond.addresses[0]}>", f"List-Id: <{local}.{domain}>"),
            )  # fmt: skip


def introduction(life: Life, friend: Bond, name: str, when: datetime, *, thanked: str) -> Bond:
    """A friend brings somebody; the owner thanks in "bcc", "cc" or "mail", or not at all ("")."""
    new = life.who(name, f"{name.rsplit(maxsplit=1)[-1].lower()}-new.example", Kind.BRIEF)
    mid = life.box.mail(when, friend.addresses[-1], [life.me, new.addresses[0]], subject=f"Intro: you <> {name}")
    copied = [friend.addresses[-1]]
    life.box.mail(
        when + timedelta(hours=4), life.me, new.addresses[0], subject=f"Re: Intro: you <> {name}", reply=mid,
        cc=copied if thanked == "cc" else (), bcc=copied if thanked == "bcc" else (),
    )  # fmt: skip
    if thanked == "mail":
        life.box.mail(when + timedelta(hours=5), life.me, friend.addresses[-1], subject="Thank you")
    friend.contacts.append(when)
    if not thanked:
        friend.thanks_due.append(when)
    life.talk(new, when + DAY, 4)
    return new


def bounced(life: Life, friend: Bond, when: datetime) -> None:
    """A mail that came back: no contact."""
    mid = life.box.mail(when, life.me, friend.addresses[-1], subject="How are you?")
    life.box.mail(
        when + timedelta(minutes=1), "mailer-daemon@googlemail.com", life.me, subject="Delivery Status Notification (Failure)",
        reply=mid, headers=("Auto-Submitted: auto-replied", f"X-Failed-Recipients: {friend.addresses[-1]}", "Return-Path: <>"),
    )  # fmt: skip


def moved(life: Life, friend: Bond, domain: str, when: datetime, ends: datetime | None = None) -> None:
    """A friend changes the employer, and goes on writing from a new address in the same name."""
    new = f"{friend.name.split()[0].lower()}@{domain}"
    life.box.names[new] = friend.name
    friend.addresses.append(new)
    life.rhythm(friend, when + 12 * DAY, ends or life.ends)
    friend.ends = friend.last(ends) if ends else None


def newsletters(life: Life, senders: int = 5, every: float = 5) -> None:
    """What nobody wrote to anybody: with the headers it has."""
    for i in range(senders):
        bond = life.who(f"Weekly {i}", f"letters{i}.example", Kind.NOBODY, local="news")
        moment = life.begins
        while moment < life.ends:
            life.box.mail(
                life.hour(moment), bond.addresses[0], life.me, subject="News of the week",
                headers=("List-Unsubscribe: <mailto:u@letters.example>", f"List-Id: <x.letters{i}.example>"),
            )  # fmt: skip
            moment += max(1.0, life.random.gauss(every, 2)) * DAY
