"""How a relationship goes: conversations and meetings along a rhythm, written into the notebook."""

import random
from datetime import UTC, datetime, timedelta

from models.enums import Response
from models.records import Attendee, Mailbox
from tests.sandbox.notebook import Notebook
from tests.sandbox.parts import Part
from tests.sandbox.people import OWNER, PRIVATE
from tests.sandbox.phrases import body, meeting_title, topic
from tests.sandbox.rhythms import DAY, GAPS, HOME, at_home, days, reply_delay, working_hour
from tests.sandbox.story import Occurrence, WorldMail

ROOMS = ("Lindenhof", "Small Room", "Attic")
HOUR = timedelta(hours=1)


class Plot:
    """One person's part, played from its beginning to the horizon of the story (which lies after the world's end)."""

    def __init__(self, book: Notebook, seed: int, part: Part, end: datetime, horizon: datetime) -> None:
        self.book, self.part, self.end, self.horizon = book, part, end, horizon
        self.began = end - part.began * DAY
        self.rng = random.Random(f"{seed}/{part.person.address}")
        self.mine = PRIVATE if self.rng.random() < 0.2 else OWNER  # which of the owner's addresses they mostly use

    def correspond(self, since: datetime, cap: float) -> None:
        """All conversations with this person, about `cap` mails at most, the last one when the part ends."""
        began = max(since, self.began)
        ended = self.horizon if self.part.ended is None else self.end - self.part.ended * DAY
        rhythm = self.part.person.rhythm
        expected = (ended - began) / DAY / GAPS[rhythm][0] / (1 - self.part.answers)
        for at in days(self.rng, rhythm, began, ended, max(1.0, expected / (cap * self.part.weight))):
            self.converse(at, min(self.horizon, ended + DAY))
        if self.part.ended is not None and rhythm != "once":
            self.converse(working_hour(self.rng, ended), ended + DAY)

    def converse(self, at: datetime, until: datetime) -> WorldMail:
        """One thread: somebody starts, answers come until somebody lets it rest. Gives the last mail."""
        rng, name = self.rng, self.part.person.name
        subject = topic(rng)
        theirs = rng.random() < self.part.starts
        other = OWNER if self.mine is PRIVATE else PRIVATE
        mine = other if rng.random() < 0.06 else self.mine
        last: WorldMail | None = None
        while True:
            box = self.mailbox(at)
            title = f"Re: {subject}" if last else subject
            if theirs:
                text = body(rng, "Mira", name.split(maxsplit=1)[0])
                to = (OWNER, PRIVATE) if rng.random() < 0.05 else (mine,)
                last = self.book.person_writes(at, box, title, to=to, answers=last, body=text)
            else:
                text = body(rng, name.split(maxsplit=1)[0], "Mira")
                last = self.book.owner_writes(at, (box,), title, sender=mine, answers=last, body=text)
            at += reply_delay(rng)
            if at > until or rng.random() > self.part.answers or len(last.references) > 10:
                return last
            theirs = not theirs

    def mailbox(self, at: datetime) -> Mailbox:
        """Which of the person's mailboxes is in use at that time."""
        boxes = self.part.person.mailboxes
        if self.part.moved is not None:
            return boxes[at >= self.end - self.part.moved * DAY]
        return boxes[-1] if self.rng.random() < 0.3 else boxes[0]

    def meetings(self, since: datetime) -> None:
        """Single meetings at the part's pace, none in the six weeks before a part that has ended."""
        pace = self.part.meets
        if not pace:
            return
        at = max(since, self.began) + DAY * self.rng.uniform(5, pace)
        last = self.horizon if self.part.ended is None else self.end - (self.part.ended + 5) * DAY
        while at < last:
            self.meet(at)
            at += DAY * pace * self.rng.uniform(0.7, 1.3)

    def meet(self, day: datetime, *, title: str | None = None, beside: tuple[Mailbox, ...] = ()) -> None:
        """One meeting of an hour on a working day; most are accepted, a few declined, unanswered or cancelled."""
        rng, box = self.rng, self.mailbox(day)
        local = day.astimezone(HOME)
        if local.weekday() > 4:
            day -= DAY * (local.weekday() - 4)
        start = at_home(day, rng.randint(9, 16), rng.choice((0, 0, 30)))
        answers = {one.address: rng.choice((Response.ACCEPTED,) * 5 + (Response.NONE,)) for one in beside}
        answers[box.address] = rng.choice(
            (Response.ACCEPTED,) * 12 + (Response.TENTATIVE, Response.NONE, Response.DECLINED)
        )
        mine = Response.ACCEPTED
        theirs = rng.random() < 0.4
        if self.part.person.role == "always_declines":
            answers[box.address], theirs = Response.DECLINED, False
        elif theirs and rng.random() < 0.1:
            mine = Response.DECLINED
        if theirs:
            answers[box.address] = Response.ACCEPTED
        self.book.meet(
            (Occurrence(start, start, start + HOUR * rng.choice((0.5, 1, 1, 1.5)), cancelled=rng.random() < 0.04),),
            (box, *beside),
            title or meeting_title(rng, self.part.person.name),
            created_at=start - DAY * rng.randint(2, 20),
            organizer=box if theirs else OWNER,
            answers=answers,
            mine=mine,
            room=rng.choice(ROOMS) if rng.random() < 0.2 else None,
            also=PRIVATE if theirs and rng.random() < 0.3 else None,
        )

    def weekly(self, since: datetime, title: str, hour: int) -> None:
        """A standing meeting every week, with single dates moved or cancelled, booked on into the future."""
        first = at_home(since + DAY * (1 + (1 - since.weekday()) % 7), hour)
        box, occurrences = self.part.person.mailboxes[0], list[Occurrence]()
        while len(occurrences) < 400:
            # a week on the owner's clock, whatever summer time does
            local = first.astimezone(HOME).replace(tzinfo=None) + 7 * len(occurrences) * DAY
            start = local.replace(tzinfo=HOME).astimezone(UTC)
            if start > self.horizon + 60 * DAY:
                break
            chance = self.rng.random()
            moved = start + DAY + 2 * HOUR if chance < 0.07 else start
            answers = None
            if 0.13 <= chance < 0.16:  # they declined this one date only
                answers = (
                    Attendee(OWNER.address, OWNER.name, Response.ACCEPTED),
                    Attendee(box.address, box.name, Response.DECLINED),
                )
            cancelled = 0.07 <= chance < 0.13
            occurrences.append(Occurrence(start, moved, moved + HOUR / 2, cancelled=cancelled, attendees=answers))
        self.book.meet(
            occurrences,
            (box,),
            title,
            created_at=first - 3 * DAY,
            rrule=f"FREQ=WEEKLY;COUNT={len(occurrences)}",
        )
