"""What scenarios of a digest are told with: candidates, and a choice among them."""

from collections.abc import Sequence
from datetime import timedelta

from tests.worker.pairs import BOOK, HABITS, NOW, TODAY, regular
from worker.digest.choose.choice import Candidate, Choice, Listing
from worker.digest.choose.policy import choose
from worker.digest.choose.suppression import Wishes
from worker.digest.digest import LineKind
from worker.judgement.assess import assess
from worker.judgement.facts import History, at_day

SILENT = regular(10, 700, 45)


def candidate(person: str, found: History, *, complete: bool = True, resting: bool = False) -> Candidate:
    return Candidate(person, found, assess(found, HABITS, BOOK, NOW, complete=complete, resting=resting))


def named(*people: Candidate, past: Sequence[Listing] = (), quiet: dict[str, str] | None = None) -> Choice:
    return choose(people, past, HABITS, NOW, wishes=Wishes(quiet=quiet or {}))


def persons(choice: Choice) -> list[str]:
    return [line.person for line in choice.chosen]


def why_not(choice: Choice) -> dict[str, str]:
    return {one.person: one.why for one in choice.suppressed}


# a friend every ten days, silent for a while: told when, and what that does to the next digest


def cold(ago: int, silent_then: int) -> Listing:
    return Listing("anna", LineKind.COLD, NOW - timedelta(days=ago), at_day(TODAY - ago - silent_then), 0.6)
