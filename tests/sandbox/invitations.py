"""The mail that calendars send about their events: to be told apart from contact, since the event itself counts."""

import random
from datetime import timedelta

from models.enums import Response
from models.records import Mailbox
from tests.sandbox.notebook import Notebook, automatic
from tests.sandbox.people import OWNER
from tests.sandbox.story import MailKind, WorldMail, WorldMeeting


def announce(book: Notebook, rng: random.Random, share: float) -> None:
    """Invitations, answers and cancellations for a share of the meetings; series tell their cancelled dates."""
    for meeting in book.meetings:
        if meeting.kind != "meeting" or rng.random() > share:
            continue
        others = [Mailbox(one.address, one.name) for one in meeting.attendees[1:] if not one.resource]
        mine = meeting.organizer == OWNER
        book.arrives(_mail(book, meeting, "REQUEST", "Invitation", others, sent=mine))
        if not mine and meeting.attendees[0].response is not Response.NONE:
            book.arrives(_mail(book, meeting, "REPLY", _answer(meeting.attendees[0].response), others, sent=True))
        for one in meeting.attendees[1:] if mine else ():
            if not one.resource and one.response is not Response.NONE:
                box = Mailbox(one.address, one.name)
                book.arrives(_mail(book, meeting, "REPLY", _answer(one.response), [box], sent=False))
        if any(one.cancelled for one in meeting.occurrences):
            book.arrives(_mail(book, meeting, "CANCEL", "Cancelled", others, sent=mine))


def _answer(response: Response) -> str:
    return {Response.ACCEPTED: "Accepted", Response.DECLINED: "Declined"}.get(response, "Tentative")


def _mail(
    book: Notebook, meeting: WorldMeeting, method: str, word: str, others: list[Mailbox], *, sent: bool
) -> WorldMail:
    sender = OWNER if sent else meeting.organizer if method != "REPLY" and meeting.organizer else others[0]
    to = others[0] if sent and meeting.organizer == OWNER else (meeting.organizer or OWNER) if sent else OWNER
    kind: MailKind = "calendar_reply" if method == "REPLY" else "invitation"
    at = meeting.created_at + timedelta(minutes={"REQUEST": 0, "REPLY": 90, "CANCEL": 600}[method])
    headers = {"Content-Type": f'text/calendar; charset="utf-8"; method={method}'}
    return automatic(
        book, at, sender, f"{word}: {meeting.title}", kind, to, headers=headers, sent=sent, event=meeting.uid
    )
