"""How one relationship stood on a past day, found from its history alone (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.enums import Stage
from worker.judgement.facts import History, Week, contact_days, conversations, monday, weeks_of
from worker.judgement.rules import RuleBook
from worker.judgement.stages import stage_at

#: conversations in which each has had a word, unless the two met: what makes a relationship (judgement.facts.relation)
OCCASIONS = 2
#: days after which someone one was in touch with is no contact of today
YEAR = 365


@dataclass(frozen=True, slots=True)
class Past:
    """One relationship over time."""

    first: int  # UTC day number of the first direct contact
    contacts: tuple[int, ...]
    two_way_since: int | None  # since when it is a relationship; None: it is none
    weeks: tuple[Week, ...]
    introduced: bool = False

    @classmethod
    def of(cls, history: History, *, relates: bool) -> "Past | None":
        """Read it from a history; None where the two were never in direct touch."""
        contacts = contact_days(history.days)
        if not contacts:
            return None
        since = two_way_since(history) if relates else None
        weeks = weeks_of(history.days) if relates else ()
        return cls(contacts[0], tuple(contacts), since, tuple(weeks), history.introduced_by is not None)

    def two_way(self, day: int) -> bool:
        """Whether it was a relationship on a day."""
        return self.two_way_since is not None and self.two_way_since <= day

    def current(self, day: int) -> bool:
        """Whether the two had been in touch in the year before a day."""
        return any(day - YEAR < contact <= day for contact in self.contacts)

    def stage(self, day: int, rulebook: RuleBook) -> Stage:
        """Say how deep it was on a day."""
        if not self.two_way(day):
            return Stage.CONTACT
        return stage_at(self.weeks, rulebook, monday(day), introduced=self.introduced)


def two_way_since(history: History) -> int | None:
    """Say on which day a relationship began: they met, or each had had a word in two conversations."""
    yours = theirs = 0
    for number, one in enumerate(conversations(history.days, history.threads), 1):
        if one.met and one.inward:
            return one.ends
        yours, theirs = yours + one.outward, theirs + one.inward
        if number >= OCCASIONS and min(yours, theirs) >= OCCASIONS:
            return one.ends
    return contact_days(history.days)[0] if history.kept else None


def earliest(everybody: Iterable[Past]) -> int | None:
    """Say on which day the first contact with anyone was."""
    return min((one.first for one in everybody), default=None)
