"""What happens in the made-up life: emails and meetings, the same for the same seed and the same present (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from worker.demo.cast import CAST, LISTS, MEETINGS, OWNER, TOPICS, Part

#: A person: name and address.
Who = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Email:
    """One email: headers are all there is of it."""

    number: int
    sender: Who
    to: tuple[Who, ...]
    at: datetime
    subject: str
    answers: int | None = None
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """An hour with one person."""

    number: int
    other: Who
    at: datetime
    title: str


def emails(now: datetime, seed: int = 7) -> Iterator[Email]:
    """Yield every email up to `now`, person by person."""
    number = 0
    for part in CAST:
        luck = Random(f"{seed} {part.address}")  # noqa: S311 - a story, not a secret
        who = (part.name, part.address)
        for day in _days(part, luck):
            at = _at(now, day, luck)
            mine, subject, answers = luck.random() < 0.5, luck.choice(TOPICS), None
            for step in range(luck.choice((2, 2, 3, 4))):
                sender, to = (OWNER, who) if mine == (step % 2 == 0) else (who, OWNER)
                if at < now:
                    number += 1
                    yield Email(number, sender, (to,), at, f"Re: {subject}" if step else subject, answers)
                    answers = number
                at += timedelta(hours=luck.uniform(0.5, 20))
    yield from _bulk(now, number, seed)
    first, second = CAST[0], CAST[16]  # one door that was opened
    pair = (OWNER, (second.name, second.address))
    subject = f"Intro: {second.name} <> {OWNER[0]}"
    yield Email(900_001, (first.name, first.address), pair, now - timedelta(days=119), subject)


def _bulk(now: datetime, number: int, seed: int) -> Iterator[Email]:
    luck = Random(f"{seed} bulk")  # noqa: S311 - as above
    for day in range(1, 400, 3):
        number += 1
        yield Email(number, luck.choice(LISTS), (OWNER,), _at(now, day, luck), "This week", bulk=True)


def meetings(now: datetime, seed: int = 7) -> Iterator[Meeting]:
    """Yield every meeting, and a few that are booked."""
    number = 0
    for part in CAST:
        if not part.meets:
            continue
        luck = Random(f"{seed} meets {part.address}")  # noqa: S311 - as above
        for day in list(_days(part, luck))[::4]:
            number += 1
            yield Meeting(number, (part.name, part.address), _noon(now, day), luck.choice(MEETINGS))
    for ahead, part in ((3, CAST[0]), (6, CAST[8])):
        number += 1
        yield Meeting(number, (part.name, part.address), _noon(now, -ahead), "Lunch")


def _days(part: Part, luck: Random) -> Iterator[float]:
    """Yield how many days ago the two were in touch, the longest ago first."""
    ago = float(part.since)
    while ago > part.quiet + 1:
        yield ago
        ago -= part.every * luck.uniform(0.6, 1.4)


def _at(now: datetime, days: float, luck: Random) -> datetime:
    day = (now - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
    return min(day + timedelta(minutes=luck.randrange(540)), now - timedelta(minutes=5))


def _noon(now: datetime, days: float) -> datetime:
    return (now - timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)
