"""Touches among many: project rounds by mail, a discussion list, large meetings, and the calendar's own entries."""

import random
from datetime import datetime, timedelta

from models.enums import Response
from models.records import Mailbox
from tests.sandbox.notebook import Notebook
from tests.sandbox.people import OWNER, strangers
from tests.sandbox.phrases import topic
from tests.sandbox.plots import Plot
from tests.sandbox.rhythms import DAY, at_home, reply_delay, working_hour
from tests.sandbox.story import Occurrence, WorldMail

LIST = Mailbox("patient-founders@lists.slow-money.example", "Patient Founders")
LIST_HEADERS = {
    "List-Id": "Patient Founders <patient-founders.lists.slow-money.example>",
    "List-Post": f"<mailto:{LIST.address}>",
    "List-Unsubscribe": "<mailto:patient-founders-leave@lists.slow-money.example>",
    "Precedence": "list",
}
HOUR = timedelta(hours=1)


def some(rng: random.Random, friends: list[Plot], at: datetime, count: int) -> list[Mailbox]:
    """Up to `count` of those who were in the owner's life by then."""
    known = [plot.mailbox(at) for plot in friends if plot.began < at]
    return rng.sample(known, min(len(known), count))


def rounds(
    book: Notebook, rng: random.Random, began: datetime, ended: datetime, friends: list[Plot], count: int
) -> None:
    """`count` threads among three to six people, and one mail in ten to a crowd of fifteen."""
    for number in range(count):
        at = working_hour(rng, began + (ended - began) * rng.random())
        others = some(rng, friends, at, 14 if number % 10 == 9 else rng.randint(2, 5))
        if not others:
            continue
        author, rest = others[0], others[1:]
        first = book.person_writes(at, author, topic(rng), to=(OWNER, *rest[:2]), cc=rest[2:], beside=rest)
        if rng.random() < 0.6:
            to = (author, *rest[:1])
            answer = at + reply_delay(rng)
            book.owner_writes(answer, to, f"Re: {first.subject}", cc=rest[1:], answers=first)


def discussions(book: Notebook, rng: random.Random, began: datetime, ended: datetime, count: int, seed: int) -> None:
    """`count` mails or so on a mailing list, among people the owner otherwise does not know."""
    members = [one.mailboxes[0] for one, _ in zip(strangers(seed + 1_000_003), range(30), strict=False)]
    written = 0
    while written < count:
        at, subject = working_hour(rng, began + (ended - began) * rng.random()), f"[patient-founders] {topic(rng)}"
        last: WorldMail | None = None
        for author in rng.sample(members, rng.randint(1, 6)):
            last = book.posts(at, author, (LIST,), f"Re: {subject}" if last else subject, LIST_HEADERS, last)
            written += 1
            at = (at + reply_delay(rng) / 3).replace(microsecond=0)
        if last and rng.random() < 0.1:
            book.owner_writes(at, (last.sender,), last.subject, cc_list=LIST, answers=last)


def calendar(book: Notebook, rng: random.Random, began: datetime, ended: datetime, friends: list[Plot]) -> None:
    """Entries that are no meetings, one all-day offsite a year, a large meeting a quarter, and some declined ones."""
    day = began
    while day < ended:
        start = at_home(day, 8)
        book.keeps_free(start, start + 2 * HOUR, "Focus time", "focus")
        day += DAY * rng.randint(12, 20)
    midnight = ended.replace(hour=0, minute=0, second=0, microsecond=0)
    for years, (people, title) in enumerate(((4, "Offsite in the hills"), (3, "Garden day"))):
        start = midnight - (150 + 365 * years) * DAY
        if start > began:
            guests = some(rng, friends, start, people)
            once = (Occurrence(start, start, start + 2 * DAY),)
            book.meet(once, guests, title, created_at=start - 40 * DAY, all_day=True)
            away = start + 55 * DAY
            book.keeps_free(away, away + 14 * DAY, "Summer holidays", "out_of_office", all_day=True)
        book.keeps_free(start + 9 * DAY, start + 10 * DAY, "Birthday of Jonas", "birthday", all_day=True)
        book.keeps_free(start + 20 * DAY, start + 21 * DAY, "Working from home", "working_location", all_day=True)
    for quarter in range(int((ended - began) / DAY) // 91):
        start = at_home(began + (91 * quarter + 30) * DAY, 17)
        crowd = some(rng, friends, start, 16)
        if not crowd:
            continue
        answers = {one.address: rng.choice(list(Response)) for one in crowd[1:]}
        mine = Response.DECLINED if quarter % 3 == 1 else Response.NONE if quarter % 3 else Response.ACCEPTED
        book.meet(
            (Occurrence(start, start, start + 2 * HOUR),), crowd, f"Open evening {quarter + 1}",
            created_at=start - 20 * DAY, organizer=crowd[0], answers=answers, mine=mine,
        )  # fmt: skip
        dentist = at_home(began + (91 * quarter + 50) * DAY, 9)
        book.keeps_free(dentist, dentist + HOUR, "Dentist", "personal")
