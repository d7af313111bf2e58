"""The scenes that make the story worth a digest: introductions, a booked meeting, an absence, a bounce, a conference."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from models.enums import Response
from models.records import Mailbox
from tests.sandbox.notebook import Notebook, automatic
from tests.sandbox.people import OWNER, PRIVATE
from tests.sandbox.plots import Plot
from tests.sandbox.rhythms import DAY, at_home, working_hour
from tests.sandbox.story import Occurrence

HOUR = timedelta(hours=1)


class Stage:
    """Where a scene is played: the notebook, the end of the world, and the plots by the roles of their people."""

    def __init__(self, book: Notebook, rng: random.Random, since: datetime, end: datetime, plots: list[Plot]) -> None:
        self.book, self.rng, self.since, self.end = book, rng, since, end
        self.plots = {plot.part.person.role: plot for plot in plots}

    def box(self, role: str) -> Mailbox:
        """The first mailbox of whoever plays that role."""
        return self.plots[role].part.person.mailboxes[0]

    def ago(self, days: float) -> datetime:
        """A working hour that many days before the end (after it, if negative)."""
        return working_hour(self.rng, self.end - days * DAY)


def introduction(stage: Stage) -> None:
    """The investor brings Ben and the owner together, drops out, and has not been thanked."""
    investor, ben, book = stage.box("investor"), stage.box("introduced"), stage.book
    at = stage.ago(80)
    subject = "Mira <> Ben: introducing you two"
    first = book.person_writes(at, investor, subject, to=(OWNER, ben), beside=(ben,), body="You two should talk.")
    reply = f"Re: {subject}"
    second = book.person_writes(
        at + 5 * HOUR, ben, reply, cc=(investor,), beside=(investor,), answers=first, body="Thank you, Hiroshi!"
    )
    third = book.owner_writes(at + 22 * HOUR, (ben,), reply, bcc=(investor,), answers=second, body="Hiroshi to Bcc.")
    book.person_writes(at + 27 * HOUR, ben, reply, answers=third, body="Thursday is good.")


def open_introduction(stage: Stage) -> None:
    """Grace has introduced Wanjiru nine days ago, and the owner has not answered yet."""
    grace, wanjiru = stage.box("two_addresses"), stage.box("introduced_unanswered")
    subject = "Introduction: Wanjiru Maina / Mira Halvorsen"
    stage.book.person_writes(
        stage.ago(9), grace, subject, cc=(wanjiru,), beside=(wanjiru,), body="I had promised this."
    )


def own_introduction(stage: Stage) -> None:
    """The owner passes it on: two friends who should know each other. They answer, and thank."""
    book, yuki, maria, at = stage.book, stage.box("growing"), stage.box("same_name"), stage.ago(45)
    subject = "Yuki / Maria: you share a subject"
    first = book.owner_writes(at, (yuki, maria), subject, body="I think you would like each other's work.")
    book.person_writes(
        at + 3 * HOUR, yuki, f"Re: {subject}", cc=(maria,), beside=(maria,), answers=first, body="Thank you, Mira!"
    )


def booked(stage: Stage) -> None:
    """Silent for two months, but there is a date next week."""
    start = at_home(stage.end + 6 * DAY, 11)
    once = (Occurrence(start, start, start + HOUR),)
    stage.book.meet(once, (stage.box("cold_but_booked"),), "Coffee with Tomáš", created_at=stage.ago(8))


def yesterday(stage: Stage) -> None:
    """No mail for three months, but they sat together yesterday."""
    start = at_home(stage.end - DAY, 12, 30)
    once = (Occurrence(start, start, start + HOUR),)
    stage.book.meet(once, (stage.box("met_yesterday"),), "Lunch with Nkechi", created_at=stage.ago(16))


def absence(stage: Stage) -> None:
    """The owner wrote, and a machine answered: Freya is on leave."""
    freya, at = stage.box("out_of_office"), stage.ago(12)
    sent = stage.book.owner_writes(at, (freya,), "A question on the fund", body="No hurry at all.")
    back = f"{stage.end + 45 * DAY:%d %B}"
    headers = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    stage.book.arrives(
        automatic(
            stage.book, at + timedelta(seconds=40), freya, f"Automatic reply: on leave until {back}", "auto_reply",
            headers=headers, in_reply_to=sent.message_id, references=(sent.message_id,),
        )
    )  # fmt: skip


def new_address(stage: Stage) -> None:
    """Who changes employer says so from the new address, the old one in copy."""
    plot = stage.plots["changed_employer"]
    old, new = plot.part.person.mailboxes
    at = stage.ago((plot.part.moved or 0) - 1)
    stage.book.person_writes(at, new, "New job, new address", cc=(old,), beside=(old,))


def second_address(stage: Stage) -> None:
    """Grace sends herself a copy: the two addresses are one person's."""
    work, private = stage.plots["two_addresses"].part.person.mailboxes
    stage.book.person_writes(stage.ago(200), work, "Papers for the weekend", cc=(private,), beside=(private,))


def bounce(stage: Stage) -> None:
    """A mail to the address somebody had at the former employer comes back."""
    plot = stage.plots["changed_employer"]
    at = stage.ago((plot.part.moved or 0) - 20)
    sent = stage.book.owner_writes(at, (plot.part.person.mailboxes[0],), "Lunch in May?")
    daemon = Mailbox("mailer-daemon@mx.glasswing.example", "Mail Delivery System")
    headers = {
        "Auto-Submitted": "auto-replied",
        "Return-Path": "<>",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="=_b"',
    }
    stage.book.arrives(
        automatic(
            stage.book, at + timedelta(seconds=9), daemon, "Undelivered Mail Returned to Sender", "bounce",
            headers=headers, in_reply_to=sent.message_id, references=(sent.message_id,),
        )
    )  # fmt: skip


def unanswered(stage: Stage) -> None:
    """Bram asked something a month ago and waits."""
    stage.book.person_writes(stage.ago(33), stage.box("waits_for_answer"), "Would you look at our pilot?")


def private_line(stage: Stage) -> None:
    """The owner writes from the private address, so that it can be known for the owner's."""
    early = (stage.end - stage.since) / DAY * 0.7
    stage.book.owner_writes(stage.ago(early), (stage.box("close_colleague"),), "My private address", sender=PRIVATE)


def conference(stage: Stage) -> None:
    """Once a year, at the same conference: a question beforehand, a coffee there, and a thank-you afterwards."""
    book, mateus = stage.book, stage.box("conference_friend")
    for days in (699, 334):
        start = at_home(stage.end - days * DAY, 15)
        asked = book.owner_writes(start - 20 * DAY, (mateus,), "Will you be in Ghent again?")
        book.person_writes(start - 19 * DAY, mateus, "Re: Will you be in Ghent again?", answers=asked)
        once = (Occurrence(start, start, start + HOUR),)
        book.meet(once, (mateus,), "Ghent: coffee with Mateus", created_at=start - 3 * DAY)
        thanks = book.person_writes(start + 2 * DAY, mateus, "It was good to see you in Ghent")
        book.owner_writes(start + 3 * DAY, (mateus,), "Re: It was good to see you in Ghent", answers=thanks)


def board(stage: Stage) -> None:
    """A monthly round of six, one of whom mostly declines, at most two years old and no older than the world."""
    roles = ("mentor", "investor", "two_addresses", "same_name", "always_declines")
    people = [stage.box(role) for role in roles]
    first = at_home(stage.end - 700 * DAY, 14)
    occurrences = []
    for number in range(25):
        start = at_home(first + 28 * number * DAY, 14)
        if start >= stage.since:
            occurrences.append(Occurrence(start, start, start + 2 * HOUR, cancelled=number % 12 == 8))
    stage.book.meet(
        occurrences, people, "Advisory round", created_at=occurrences[0].starts_at - 9 * DAY,
        rrule=f"FREQ=WEEKLY;INTERVAL=4;COUNT={len(occurrences)}",
        answers={people[-1].address: Response.DECLINED, people[1].address: Response.NONE}, room="Lindenhof",
    )  # fmt: skip


def afterwards(stage: Stage) -> None:
    """After the end: Anna writes again, and a meeting is booked with Sofía."""
    stage.book.person_writes(stage.end + 26 * HOUR, stage.box("went_cold_recently"), "It has been too long")
    start = at_home(stage.end + 12 * DAY, 10)
    once = (Occurrence(start, start, start + HOUR),)
    stage.book.meet(once, (stage.box("went_cold_last_winter"),), "Walk with Sofía", created_at=stage.end + 28 * HOUR)


# Each with the roles it needs; a small world does without the scenes whose people it has no room for.
SCENES: tuple[tuple[Callable[[Stage], None], tuple[str, ...]], ...] = (
    (introduction, ("investor", "introduced")),
    (open_introduction, ("two_addresses", "introduced_unanswered")),
    (own_introduction, ("growing", "same_name")),
    (booked, ("cold_but_booked",)),
    (yesterday, ("met_yesterday",)),
    (absence, ("out_of_office",)),
    (new_address, ("changed_employer",)),
    (second_address, ("two_addresses",)),
    (bounce, ("changed_employer",)),
    (unanswered, ("waits_for_answer",)),
    (private_line, ("close_colleague",)),
    (conference, ("conference_friend",)),
    (board, ("mentor", "investor", "two_addresses", "same_name", "always_declines")),
    (afterwards, ("went_cold_recently", "went_cold_last_winter")),
)


def play(book: Notebook, rng: random.Random, since: datetime, end: datetime, plots: list[Plot]) -> None:
    """Every scene whose people are there."""
    stage = Stage(book, rng, since, end, plots)
    for scene, roles in SCENES:
        if all(role in stage.plots for role in roles):
            scene(stage)
