"""What a first reading fetches, and in which order, so that units go where relationships are: pure.

A mail costs 20 units, a whole thread 40, a page of 500 ids 5. So all ids are listed first, with the ids of sent mail
and of each category; then threads with mail both ways are fetched, then those with sent mail, then the other mail, each
newest first. Mail in a category (promotions, social, updates, forums) is only named, unless its thread holds sent mail.

The order is that of thread ids, which never change: wherever a reading stops, what is left is what comes after that
thread, whatever was delivered, moved or deleted meanwhile. (What happened meanwhile is in the history.)
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate
from typing import NamedTuple

from connectors.gmail.rate_limit import Units
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

    CONVERSED = 1  # threads that hold mail both ways
    SENT = 2  # threads that hold sent mail alone
    OTHER = 3
    NAMED = 4  # threads of which nothing is fetched


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


class Plan:
    """What there is to do about everything that was listed, in order, and what it costs."""

    def __init__(self, survey: Survey, units: Units, *, whole: bool = True, lost: bool = False) -> None:
        """Plan for what `survey` found at the prices of `units`.

        `whole` says that nothing of it was read before, `lost` that Gmail knows no history since it began.
        """
        self.whole = whole
        self.lost = lost
        self.listed = survey.listed
        self.categories = survey.categories
        self.no_contact = survey.no_contact
        self.tasks = sorted(
            (_task(thread, ids, survey, units) for thread, ids in survey.threads.items()),
            key=lambda task: _order(task.position),
        )
        costs = (task.cost(units) for task in reversed(self.tasks))
        self._left = array("q", accumulate(costs, initial=0))[::-1]

    def start(self, position: Position | None) -> int:
        """Find the first task after `position`; the thread there may have gone since, and others may have come."""
        return 0 if position is None else bisect_right(self.tasks, _order(position), key=lambda t: _order(t.position))

    def left(self, start: int) -> int:
        """How many units the tasks from `start` on cost."""
        return self._left[start]


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


def _order(position: Position) -> tuple[int, int]:
    """Order by phase, then newest thread first: ids are numbers that grow with time, written in hexadecimal."""
    return position.phase, -int.from_bytes(position.thread.encode())


def _task(thread: str, ids: Sequence[str], survey: Survey, units: Units) -> Task:
    answered = not survey.sent.isdisjoint(ids)
    fetch = [id_ for id_ in ids if id_ not in survey.no_contact and (answered or id_ not in survey.categories)]
    if answered:
        phase = Phase.SENT if survey.sent.issuperset(fetch) else Phase.CONVERSED
    else:
        phase = Phase.OTHER if fetch else Phase.NAMED
    whole = len(fetch) > 1 and units.thread <= units.message * len(fetch)
    if not fetch:
        return Task(Position(phase, thread), (), ids, whole)
    named = () if len(fetch) == len(ids) else [id_ for id_ in ids if id_ not in fetch]
    return Task(Position(phase, thread), fetch if named else ids, named, whole)
