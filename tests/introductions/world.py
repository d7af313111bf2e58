"""One made-up network: every scene writes emails and meetings, and notes who introduced whom."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.enums import Place, Response
from models.records import Attendee, EmailRecord, Mailbox, MeetingRecord, Record
from tests.lives.names import names

ME = Mailbox("me@own.example", "Mira Halvorsen")
BEGINS = datetime(2024, 1, 8, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(slots=True)
class Truth:
    """What is really so, as the owner would tell it."""

    received: set[tuple[str, str]] = field(default_factory=set)  # (introducer, introduced)
    made: set[tuple[str, str]] = field(default_factory=set)  # two the owner brought together, in order
    thanked: set[tuple[str, str]] = field(default_factory=set)  # of `received`: the owner wrote to the introducer since


class World:
    """A mailbox with its truth, the same for the same seed; `words` are the subjects of its language."""

    def __init__(self, language: str, words: dict[str, list[str]], seed: int) -> None:
        self.language, self.words, self.random = language, words, random.Random(seed)
        self.records: list[Record] = []
        self.truth = Truth()
        self._names = names(seed * 37)
        self.friends: list[Mailbox] = []

    def who(self, domain: str = "") -> Mailbox:
        """Make somebody new, at a firm of their own unless told."""
        name = next(self._names)
        first, last = name.lower().split()
        return Mailbox(f"{first}.{last}@{domain or f'{last}-{len(self.records)}.example'}", name)

    def subject(self, kind: str) -> str:
        """A subject of a kind in the language of the world."""
        return self.random.choice(self.words[kind])

    def mail(
        self, when: datetime, sender: Mailbox, *to: Mailbox, cc: Sequence[Mailbox] = (), bcc: Sequence[Mailbox] = (),
        subject: str = "", thread: str | None = None,
    ) -> str:  # fmt: skip
        """Write one email; gives its thread."""
        number = len(self.records)
        thread = thread or f"t{number}"
        self.records.append(
            EmailRecord(
                key=f"m{number}", message_id=f"{number}@mails.example", sender=sender, to=to, cc=tuple(cc),
                bcc=tuple(bcc), sent_at=when, subject=subject or self.subject("plain"), thread=thread,
                place=Place.SENT if sender == ME else Place.ORDINARY,
            )
        )  # fmt: skip
        return thread

    def meet(self, when: datetime, organizer: Mailbox, *others: Mailbox, subject: str = "") -> None:
        """A meeting of an hour that everybody accepted."""
        number = len(self.records)
        self.records.append(
            MeetingRecord(
                key=f"e{number}", ical_uid=f"{number}@meetings.example", starts_at=when, ends_at=when + HOUR,
                organizer=organizer, subject=subject or self.subject("plain"), me=ME.address,
                attendees=tuple(
                    Attendee(one.address, one.name, Response.ACCEPTED) for one in others
                ),
            )
        )  # fmt: skip

    def talk(self, when: datetime, other: Mailbox, mails: int = 4, thread: str | None = None) -> datetime:
        """The owner and somebody write back and forth, alone; gives when it ended."""
        subject = self.subject("plain")
        for i in range(mails):
            sender, to = (ME, other) if i % 2 == 0 else (other, ME)
            thread = self.mail(when, sender, to, subject=subject, thread=thread)
            when += self.random.uniform(0.2, 3) * DAY
        return when

    def befriend(self, count: int) -> None:
        """Friends of old, each in a rhythm of their own over two and a half years."""
        for _ in range(count):
            friend = self.who()
            self.friends.append(friend)
            when, every = BEGINS + self.random.uniform(0, 30) * DAY, self.random.uniform(9, 45)
            while when < BEGINS + 880 * DAY:
                when = self.talk(when, friend, self.random.randint(2, 4)) + self.random.gauss(every, every / 4) * DAY

    def some_day(self) -> datetime:
        """A moment in the middle of the story, at a working hour."""
        day = BEGINS + self.random.randint(120, 720) * DAY
        return day + self.random.uniform(0, 8) * HOUR

    def friend(self) -> Mailbox:
        """One of the friends of old."""
        return self.random.choice(self.friends)
