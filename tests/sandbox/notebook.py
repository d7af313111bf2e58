"""The storyteller's notebook: each touch is written down as true first, and only then becomes a mail or an event."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.enums import Channel, Direction, Response
from models.records import Attendee, Mailbox
from tests.sandbox.people import OWNER
from tests.sandbox.story import (
    MailKind,
    MeetingKind,
    Occurrence,
    TrueInteraction,
    WorldMail,
    WorldMeeting,
    meeting_identity,
)


class Notebook:
    """Collects what happens, in the order it comes; ids come from the seed and a running number."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"{seed}/ids")
        self.mails: list[WorldMail] = []
        self.meetings: list[WorldMeeting] = []
        self.truth: list[TrueInteraction] = []
        self.human = 0

    def new_id(self, domain: str) -> str:
        """A Message-ID or calendar UID nobody else has."""
        return f"{self.rng.getrandbits(64):016x}.{len(self.mails) + len(self.meetings)}@{domain}"

    def owner_writes(
        self,
        at: datetime,
        to: Sequence[Mailbox],
        subject: str,
        *,
        cc: Sequence[Mailbox] = (),
        bcc: Sequence[Mailbox] = (),
        cc_list: Mailbox | None = None,
        sender: Mailbox = OWNER,
        answers: WorldMail | None = None,
        body: str = "",
    ) -> WorldMail:
        """The owner writes to people; a list in Cc is nobody."""
        copies = (*cc, cc_list) if cc_list else cc
        people = [*to, *cc, *bcc]
        mail = self._humans(Direction.OUT, at, sender, to, copies, subject, answers, body, people)
        if bcc:
            mail = self.mails[-1] = replace(mail, bcc=tuple(bcc))
        return mail

    def person_writes(
        self,
        at: datetime,
        sender: Mailbox,
        subject: str,
        *,
        to: Sequence[Mailbox] = (OWNER,),
        cc: Sequence[Mailbox] = (),
        beside: Sequence[Mailbox] = (),
        answers: WorldMail | None = None,
        body: str = "",
    ) -> WorldMail:
        """Somebody writes to the owner; `beside` are the other humans in To or Cc."""
        return self._humans(Direction.IN, at, sender, to, cc, subject, answers, body, [sender, *beside])

    def _humans(
        self,
        direction: Direction,
        at: datetime,
        sender: Mailbox,
        to: Sequence[Mailbox],
        cc: Sequence[Mailbox],
        subject: str,
        answers: WorldMail | None,
        body: str,
        people: Sequence[Mailbox],
    ) -> WorldMail:
        identity = self.new_id(sender.address.partition("@")[2])
        self.human += 1
        self.truth.append(
            TrueInteraction(identity, Channel.EMAIL, direction, at, frozenset(one.address for one in people))
        )
        mail = WorldMail(
            identity,
            at,
            sender,
            tuple(to),
            subject,
            "personal",
            sent=direction is Direction.OUT,
            cc=tuple(cc),
            references=(*answers.references, answers.message_id) if answers else (),
            in_reply_to=answers.message_id if answers else None,
            body=body,
        )
        self.mails.append(mail)
        return mail

    def posts(
        self,
        at: datetime,
        author: Mailbox,
        to: Sequence[Mailbox],
        subject: str,
        headers: dict[str, str],
        answers: WorldMail | None,
    ) -> WorldMail:
        """Somebody writes to a discussion list that the owner reads."""
        identity = self.new_id(author.address.partition("@")[2])
        self.truth.append(
            TrueInteraction(identity, Channel.EMAIL, Direction.IN, at, frozenset({author.address}), via_list=True)
        )
        mail = WorldMail(
            identity,
            at,
            author,
            tuple(to),
            subject,
            "list",
            headers=headers,
            category="forums",
            references=(*answers.references, answers.message_id) if answers else (),
            in_reply_to=answers.message_id if answers else None,
        )
        self.mails.append(mail)
        return mail

    def arrives(self, mail: WorldMail) -> None:
        """Something lands in the mailbox that no human wrote to the owner."""
        self.mails.append(mail)

    def meet(
        self,
        occurrences: Sequence[Occurrence],
        people: Sequence[Mailbox],
        title: str,
        *,
        created_at: datetime,
        organizer: Mailbox = OWNER,
        answers: dict[str, Response] | None = None,
        mine: Response = Response.ACCEPTED,
        rrule: str | None = None,
        zone: str = "Europe/Berlin",
        room: str | None = None,
        all_day: bool = False,
        also: Mailbox | None = None,
    ) -> WorldMeeting:
        """A meeting with others, perhaps with the owner's other address invited `also`: true for each occurrence that took place, the owner and somebody else taking part."""
        uid = self.new_id("calendar.example")
        answers = answers or {}
        attendees = [Attendee(OWNER.address, OWNER.name, mine)]
        if also:
            attendees.append(Attendee(also.address, also.name, mine))
        attendees += [Attendee(one.address, one.name, answers.get(one.address, Response.ACCEPTED)) for one in people]
        if room:
            attendees.append(
                Attendee(
                    f"room-{room.lower().replace(' ', '-')}@resources.halvorsen-advisory.example",
                    room,
                    Response.ACCEPTED,
                    resource=True,
                )
            )
        for one in occurrences:
            answered = {a.address: a.response for a in one.attendees or attendees}
            present = frozenset(p.address for p in people if answered[p.address] is not Response.DECLINED)
            if not one.cancelled and present and answered[OWNER.address] is not Response.DECLINED:
                identity = meeting_identity(uid, one.original_start if rrule else None)
                self.truth.append(
                    TrueInteraction(identity, Channel.MEETING, Direction.MUTUAL, one.starts_at, present, one.ends_at)
                )
        meeting = WorldMeeting(
            uid,
            occurrences[0].original_start,
            occurrences[0].original_start + (occurrences[0].ends_at - occurrences[0].starts_at),
            organizer,
            tuple(attendees),
            title,
            tuple(occurrences),
            created_at,
            rrule=rrule,
            zone=zone,
            location=room,
            all_day=all_day,
        )
        self.meetings.append(meeting)
        return meeting

    def keeps_free(
        self, start: datetime, end: datetime, title: str, kind: MeetingKind, *, all_day: bool = False
    ) -> None:
        """An entry in the owner's calendar that is no meeting with anybody."""
        uid = self.new_id("calendar.example")
        once = (Occurrence(start, start, end),)
        self.meetings.append(
            WorldMeeting(
                uid, start, end, OWNER, (), title, once, start, kind=kind, all_day=all_day, zone="Europe/Berlin"
            )
        )


def automatic(
    book: Notebook, at: datetime, sender: Mailbox, subject: str, kind: MailKind, to: Mailbox = OWNER, **more: Any
) -> WorldMail:
    """A mail made by a machine, with a fresh id; `more` are further fields of WorldMail."""
    return WorldMail(book.new_id(sender.address.partition("@")[2]), at, sender, (to,), subject, kind, **more)
