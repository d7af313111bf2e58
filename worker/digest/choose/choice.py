"""The plain values a choice of lines is made from and ends in."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.enums import Stage
from worker.digest.digest import Last, LineKind
from worker.judgement.assessment import Assessment
from worker.judgement.facts import History

COLD_KINDS = frozenset({LineKind.COLD, LineKind.COOLING})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person as known at the time of the digest."""

    person: str
    history: History
    assessment: Assessment
    name: str = ""
    addresses: tuple[str, ...] = ()
    circle: frozenset[str] = (
        frozenset()
    )  # addresses on the same few-to-few interactions; read for those few where it matters

    @property
    def relates(self) -> bool:
        """Whether this is a relationship: only then somebody is named."""
        return self.assessment.no_relationship is None

    @property
    def domains(self) -> frozenset[str]:
        """Where their addresses are."""
        return frozenset(address.rpartition("@")[2].lower() for address in self.addresses)


class Ending(NamedTuple):
    """A project that has ended: the domain of its firm ("" for none), and the day of the last contact with it."""

    domain: str
    day: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A line of an earlier digest."""

    person: str
    kind: LineKind
    listed_at: datetime
    silent_since: datetime | None = None  # the last contact then: any later one is news
    said: float | None = None  # the probability it was listed with


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody worth naming: plain values that the digest makes a line of."""

    person: str
    kind: LineKind
    why: str
    last: Last
    step: str
    stage: Stage
    silent_days: int | None
    cold_probability: float | None
    evidence: tuple[str, ...]
    worth: float = 0.0  # orders the lines; never shown
    about: str | None = None  # the person they introduced to the user: a person key, as quoted in `why`
    began: datetime | None = None  # when what it speaks of began: said once since then, it is said
    ending: Ending | None = None  # the project with which they and others fell silent


class Suppressed(NamedTuple):
    """Somebody who would have been named, and what kept them out."""

    person: str
    kind: LineKind
    why: str


class LeftOut(NamedTuple):
    """Somebody who would have been named, by name, and what kept them out."""

    person: str
    name: str
    kind: LineKind
    why: str


class Move(NamedTuple):
    """Somebody who seems to write from another address now: two people of one name, the old one silent."""

    old: str
    new: str
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of one digest, best first, who was left out, and who seems to have moved."""

    chosen: tuple[Chosen, ...]
    suppressed: tuple[Suppressed, ...]
    moves: tuple[Move, ...] = ()
    paused: bool = False  # it falls in holidays: only what is due on its day is said
    back: bool = False  # holidays have just ended
