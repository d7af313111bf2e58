"""Telling a life: each sentence writes mails and meetings, and notes what is true of them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.lives.mailbox import Mailbox
from tests.lives.truth import Bond, Holidays, Kind

DAY = timedelta(days=1)
SUBJECTS = (
    "Budget for the autumn", "Quick question", "The workshop", "Draft attached", "Your note", "Next steps", "Dates",
    "The proposal", "Thoughts?", "About Thursday", "Numbers", "Reference", "How are you?", "The article", "Slides",
)  # fmt: skip


class Life:
    """One person's two and a half years, the same for the same seed."""

    def __init__(self, me: str, begins: datetime, ends: datetime, *, seed: int, away: Holidays) -> None:
        self.me, self.begins, self.ends, self.away = me, begins, ends, away
        self.random = random.Random(seed)
        self.box = Mailbox([me])
        self.bonds: list[Bond] = []

    def who(self, name: str, domain: str, kind: Kind, every: float = 0.0, local: str = "", firm: str = "") -> Bond:
        """Make somebody known."""
        address = f"{local or name.lower().replace(' ', '.')}@{domain}"
        self.box.names[address] = name
        bond = Bond(name, [address], kind, every, firm=firm)
        self.bonds.append(bond)
        return bond

    def friend(
        self,
        name: str,
        every: float,
        *,
        begins: datetime | None = None,
        ends: datetime | None = None,
        meetings: float = 0.2,
        domain: str = "",
        spread: float = 0.3,
    ) -> Bond:
        """Somebody in touch about every so many days; `ends`: it lapsed then."""
        bond = self.who(name, domain or f"{name.rsplit(maxsplit=1)[-1].lower()}-co.example", Kind.FRIEND, every)
        self.rhythm(
            bond, begins or self.begins + self.random.uniform(0, every) * DAY, ends or self.ends, meetings, spread
        )
        bond.begins = min(bond.contacts, default=None)
        bond.ends = bond.last(ends) if ends else None
        return bond

    def rhythm(self, bond: Bond, begins: datetime, ends: datetime, meetings: float = 0.2, spread: float = 0.3) -> None:
        """Conversations between two moments, in the rhythm of the bond."""
        moment = begins
        while moment < ends:
            if self.away.off(moment):
                moment += DAY
                continue
            if self.random.random() < meetings:
                self.lunch(bond, self.workday(moment).replace(hour=12, minute=0), prepared=self.random.random() < 0.6)
            else:
                self.talk(bond, moment, self.random.randint(2, 4), until=ends)
            moment += max(1.0, self.random.gauss(bond.every, spread * bond.every)) * DAY

    def talk(
        self, bond: Bond, when: datetime, mails: int = 2, *, subject: str = "", mine: bool | None = None,
        until: datetime | None = None, cc: Sequence[str] = (), days: float = 1.5,
    ) -> None:  # fmt: skip
        """One conversation: a thread of so many mails, back and forth."""
        out = self.random.random() < 0.5 if mine is None else mine
        subject = subject or self.random.choice(SUBJECTS)
        reply, moment = None, self.hour(self.workday(when))
        for i in range(mails):
            if moment > min(self.ends, until or self.ends):
                return
            sender, to = (self.me, bond.addresses[-1]) if out else (bond.addresses[-1], self.me)
            reply = self.box.mail(
                moment, sender, to, cc=cc, subject=subject if not i else f"Re: {subject}", reply=reply
            )
            bond.contacts.append(moment)
            out = not out
            moment = self.hour(self.workday(moment + self.random.uniform(0.1, days) * DAY))

    def lunch(
        self, bond: Bond, when: datetime, *, answer: str = "ACCEPTED", booked: int = 6, prepared: bool = False
    ) -> None:
        """A meeting of the two, found by two mails if `prepared`; it counts once it is over."""
        if prepared:
            self.talk(bond, when - 4 * DAY, 2, subject="Our meeting", until=when)
        if when < self.ends:
            answers = {self.me: "ACCEPTED", bond.addresses[-1]: answer}
            self.box.meet(when, answers, self.me, booked=booked, subject=f"Lunch with {bond.name}")
            bond.contacts.append(when + timedelta(hours=1))

    def hour(self, day: datetime) -> datetime:
        """Some time in working hours of a day, or the same moment if that is later."""
        return max(day, day.replace(hour=8, minute=0) + timedelta(hours=self.random.uniform(0, 9)))

    def workday(self, day: datetime) -> datetime:
        """The same day, or the Monday after a weekend."""
        while day.weekday() > 4:
            day += DAY
        return day
