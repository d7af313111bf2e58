"""A made-up professional life, from a seed and nothing else: the source of the demo, the sandboxes and the benches.

world = World(7, until=datetime(2026, 11, 20, 18, tzinfo=UTC))
world.mails, world.meetings    # what providers will show
world.truth                    # what really happened, written down by the story itself
world.later(7)                 # what happens in the week after
"""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from tests.sandbox import crowds, invitations, noise, scenes
from tests.sandbox.notebook import Notebook
from tests.sandbox.parts import PARTS, Part
from tests.sandbox.people import ALIASES, OWNER, strangers
from tests.sandbox.plots import Plot
from tests.sandbox.rhythms import DAY
from tests.sandbox.story import (
    Chapter,
    MailKind,
    MeetingKind,
    Occurrence,
    Person,
    TrueInteraction,
    WorldMail,
    WorldMeeting,
    meeting_identity,
)

__all__ = [
    "Chapter",
    "MailKind",
    "MeetingKind",
    "Occurrence",
    "Person",
    "TrueInteraction",
    "World",
    "WorldMail",
    "WorldMeeting",
    "booked_by",
    "held_by",
    "meeting_identity",
]

AFTER = 28  # days the story goes on after the end, for `later`
_RHYTHMS = ("weekly", "fortnightly", "monthly", "monthly", "quarterly", "quarterly", "burst", "once", "once", "once")


class World:
    """About `mails` mails and `meetings` past meetings over `years` up to `until`, a share `noise` of it no contact."""

    def __init__(
        self,
        seed: int,
        *,
        until: datetime,
        years: float = 2,
        mails: int = 3000,
        meetings: int | None = None,
        noise: float = 0.6,
    ) -> None:
        self.owner = OWNER
        self.aliases = tuple(box.address for box in ALIASES)
        self.until = until.replace(microsecond=0)
        self.since = self.until - timedelta(days=round(365 * years))
        self.people: list[Person] = []
        self._horizon = self.until + AFTER * DAY
        self._book = Notebook(seed)
        self._tell(seed, mails, mails * 400 // 3000 if meetings is None else meetings, noise)

    def _tell(self, seed: int, mails: int, meetings: int, share: float) -> None:
        book, rng = self._book, random.Random(f"{seed}/world")
        humans, span = mails * (1 - share), self._horizon - self.since
        plots = self._people(seed, humans * 0.87)
        self.people = [plot.part.person for plot in plots]
        friends = [plot for plot in plots if plot.part.in_crowds]
        scenes.play(book, rng, self.since, self.until, plots)
        if len(friends) > 3:
            crowds.rounds(book, rng, self.since, self._horizon, friends, int(humans * 0.045))
            crowds.discussions(book, rng, self.since, self._horizon, int(humans * 0.06), seed)
            crowds.calendar(book, rng, self.since, self._horizon, friends)
        for plot in plots:
            plot.meetings(self.since)
        open_ended = [plot for plot in plots if plot.part.ended is None and plot.part.meets]
        while open_ended and sum(len(one.occurrences) for one in book.meetings) < meetings:
            plot = rng.choice(open_ended)
            known = max(self.since, plot.began + 5 * DAY)
            plot.meet(known + (self._horizon - known) * rng.random())
        invitations.announce(book, rng, 0.3)
        rest = mails - sum(self.since <= mail.at <= self.until for mail in book.mails)
        rest = int(rest * (span / (self.until - self.since)))
        noise.fill(
            book, rng, self.since, self._horizon, max(0, rest), [person.name for person in self.people] or [OWNER.name]
        )
        book.mails.sort(key=lambda mail: (mail.at, mail.message_id))
        book.truth.sort(key=lambda true: (true.at, true.identity))

    def _people(self, seed: int, humans: float) -> list[Plot]:
        """The parts of the story and then strangers, each with their correspondence, until enough has been written."""
        rng, parts, others = random.Random(f"{seed}/people"), iter(PARTS), strangers(seed)
        plots: list[Plot] = []
        while self._book.human < humans:
            part = next(parts, None) or _stranger(rng, next(others), (self.until - self.since).days)
            plots.append(Plot(self._book, seed, part, self.until, self._horizon))
            plots[-1].correspond(self.since, max(2.0, humans / (16 if part.person.rhythm == "weekly" else 30)))
            if part.meets == 0:
                plots[-1].weekly(self.since, f"Weekly with {part.person.name.split(maxsplit=1)[0]}", 10)
        return plots

    @cached_property
    def mails(self) -> list[WorldMail]:
        """Everything in the mailbox at the end, by time."""
        return [mail for mail in self._book.mails if self.since <= mail.at <= self.until]

    @cached_property
    def meetings(self) -> list[WorldMeeting]:
        """Everything in the calendar at the end, what is booked included."""
        return [
            meeting
            for meeting in self._book.meetings
            if self.since <= meeting.starts_at and meeting.created_at <= self.until
        ]

    @cached_property
    def truth(self) -> list[TrueInteraction]:
        """What had truly happened by the end."""
        return [true for true in self._book.truth if self.since <= true.at and (true.ends_at or true.at) <= self.until]

    def later(self, days: int) -> Chapter:
        """What happens in the `days` after the end (28 at most)."""
        if not 0 < days <= AFTER:
            raise ValueError(f"the story goes on for {AFTER} days")
        start, stop = self.until, self.until + days * DAY
        return Chapter(
            stop,
            [mail for mail in self._book.mails if start < mail.at <= stop],
            [meeting for meeting in self._book.meetings if start < meeting.created_at <= stop],
            [true for true in self._book.truth if start < (true.ends_at or true.at) <= stop],
        )


def held_by(address: str, mails: Iterable[WorldMail]) -> list[WorldMail]:
    """The mails that lie in one of the owner's accounts; those to both addresses, or between them, lie in both.

    What names neither address (a discussion list) lies in the account of the work address.
    """
    own, mailbox = {OWNER.address, *(box.address for box in ALIASES)}, []
    for mail in mails:
        named = own.intersection(box.address for box in (mail.sender, *mail.to, *mail.cc, *mail.bcc))
        if address in (named or {OWNER.address}):
            # what one account has sent is simply received by the other
            mailbox.append(mail if not mail.sent or mail.sender.address == address else replace(mail, sent=False))
    return mailbox


def booked_by(address: str, meetings: Iterable[WorldMeeting]) -> list[WorldMeeting]:
    """The meetings in the calendar of one of the owner's accounts: the work one, unless the other is invited too."""
    return [
        meeting
        for meeting in meetings
        if address == OWNER.address or any(one.address == address for one in meeting.attendees)
    ]


def _stranger(rng: random.Random, person: Person, span: int) -> Part:
    rhythm = rng.choice(_RHYTHMS)
    began = rng.randint(20, span)
    ended = None if rng.random() < 0.45 else rng.randint(0, began - 10)
    if rhythm == "once":
        ended = began - 1
    known = Person(person.name, person.mailboxes, "acquaintance", rhythm)
    meets = rng.choice((None, None, 45, 90, 120)) if rhythm != "once" else None
    return Part(known, began, ended, meets, starts=rng.uniform(0.2, 0.8))
