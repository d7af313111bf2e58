"""What a first reading fetches, and in which order, so that units go where relationships are: pure.

A mail costs 20 units, a whole thread 40, a page of 500 ids 5. So all ids are listed first, with the ids of sent mail
and of each category; then threads that hold sent mail are fetched, then the other mail, newest first. Mail in a
category (promotions, social, updates, forums) is only named, unless its thread holds sent mail.

The order is that of thread ids, which never change: wherever a reading stops, what is left is what comes after that
thread, whatever was delivered, moved or deleted meanwhile. (What happened meanwhile is told by the history.)
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from connectors.gmail.pacing import Units
from models.enums import Place

#: Labels whose mail is only named -> the reason.
CATEGORIES = {
    "CATEGORY_PROMOTIONS": "promotions",
    "CATEGORY_SOCIAL": "social",
    "CATEGORY_UPDATES": "updates",
    "CATEGORY_FORUMS": "forums",
}
#: Labels whose mail is no contact wherever it is: naming it is enough.
NO_CONTACT = {"DRAFT": Place.DRAFT, "CHAT": Place.CHAT}


class Phase(IntEnum):
    """The parts of a first reading, in order."""

    ANSWERED = 1  # threads that hold sent mail
    OTHER = 2
    NAMED = 3  # threads of which nothing is fetched


class Position(NamedTuple):
    """Everything up to this thread of this phase has been read."""

    phase: int
    thread: str


@dataclass(frozen=True, slots=True)
class Survey:
    """All ids there are: thread -> its mails, and what the labels say of them (id -> reason, id -> place)."""

    threads: dict[str, list[str]] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    categories: dict[str, str] = field(default_factory=dict)
    no_contact: dict[str, Place] = field(default_factory=dict)

    @property
    def listed(self) -> int:
        """How many mails there are."""
        return sum(len(ids) for ids in self.threads.values())


class Task(NamedTuple):
    """What is done about one thread: `fetch` these ids (by the `whole` thread or singly), only name the others."""

    position: Position
    fetch: Sequence[str]
    named: Sequence[str]
    whole: bool

    def calls(self) -> int:
        """How many calls it takes."""
        return 1 if self.whole else len(self.fetch)

    def cost(self, units: Units) -> int:
        """How many units it takes."""
        return units.thread if self.whole else units.message * len(self.fetch)


def tasks(survey: Survey, units: Units, after: Position | None = None) -> Iterator[Task]:
    """Plan what is left to do, in order."""
    start = (0, _age("")) if after is None else (after.phase, _age(after.thread))
    by_phase: dict[Phase, list[str]] = {phase: [] for phase in Phase}
    for thread, ids in survey.threads.items():
        by_phase[_phase(ids, survey)].append(thread)
    for phase, threads in by_phase.items():
        if phase < start[0]:
            continue
        for thread in sorted(threads, key=_age, reverse=True):
            if phase > start[0] or _age(thread) < start[1]:
                yield _task(Position(phase, thread), survey, units)


def pages(planned: Iterable[Task], *, calls: int, named: int) -> Iterator[list[Task]]:
    """Gather tasks into pages of at most `calls` calls and `named` named mails (one task at least)."""
    page: list[Task] = []
    calling = naming = 0
    for task in planned:
        if page and (calling + task.calls() > calls or naming + len(task.named) > named):
            yield page
            page, calling, naming = [], 0, 0
        page.append(task)
        calling += task.calls()
        naming += len(task.named)
    if page:
        yield page


def _age(thread: str) -> tuple[int, str]:
    """Order ids as the numbers they are: a thread's id is that of its first mail, and ids grow with time."""
    return len(thread), thread


def _phase(ids: Sequence[str], survey: Survey) -> Phase:
    if not survey.sent.isdisjoint(ids):
        return Phase.ANSWERED
    if all(id_ in survey.categories or id_ in survey.no_contact for id_ in ids):
        return Phase.NAMED
    return Phase.OTHER


def _task(position: Position, survey: Survey, units: Units) -> Task:
    ids = survey.threads[position.thread]
    answered = position.phase == Phase.ANSWERED
    fetch = [id_ for id_ in ids if id_ not in survey.no_contact and (answered or id_ not in survey.categories)]
    whole = len(fetch) > 1 and units.thread <= units.message * len(fetch)
    return Task(position, fetch, [id_ for id_ in ids if id_ not in fetch], whole)
