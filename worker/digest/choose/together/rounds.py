"""Who left a round: a board that met without them since, where they were hardly ever met elsewhere (pure)."""

from collections.abc import Iterable

from models.enums import Touch
from worker.digest.choose.choice import Candidate
from worker.judgement.facts import contact_days

#: so many others, on so many days and on such a share of the days on which somebody was met in company
OTHERS, DAYS, SHARE = 3, 4, 0.75
#: and so many meetings of the others since
SINCE = 2


def left_round(one: Candidate, everybody: Iterable[Candidate]) -> bool:
    """Whether somebody was met in company, mostly, and the others have gone on meeting without them since.

    They left the board, or changed the department: that is news once, and no friendship that waits for a word.
    """
    met, contacts = _met(one), contact_days(one.history.days)
    if len(met) < DAYS or 2 * len(met) < len(contacts):
        return False
    there = [days for other in everybody if other.person != one.person and _shared(met, days := _met(other))]
    since = {day for days in there for day in days if day > contacts[-1]}
    return len(there) >= OTHERS and sum(sum(day in days for days in there) >= OTHERS for day in since) >= SINCE


def _shared(met: set[int], days: set[int]) -> bool:
    return len(met & days) >= SHARE * len(met)


def _met(one: Candidate) -> set[int]:
    """The days on which somebody was met in company."""
    return {day for day, touch, _ in one.history.days if touch is Touch.MET}
