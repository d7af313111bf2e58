"""A year that ends: several whom one knew for a while only fall silent at one time, wherever they write from (pure).

Parents whose children leave a school, sources of a story, guests of a season: no firm shows them to belong together.
"""

from collections.abc import Container, Mapping

from worker.digest.choose.choice import Candidate, Ending
from worker.judgement.facts import contact_days

#: so many fall silent together, each known for so many days at most
SEVERAL, A_WHILE = 3, 400
#: a word would have been due within the pair's long gap, so many times what is usual at most, and so many days at least
DUE, DUE_DAYS = 2.0, 14


def cohorts(people: Mapping[str, Candidate], known: Container[str]) -> dict[str, Ending]:
    """Say of those who are past their gate, and of no project that is `known`, with whom they fell silent.

    Whoever talks once a month is silent for up to a month when the year ends, so last days lie apart: a moment is
    looked for between the last word of each and the one that was due.
    """
    spans = {person: span for person, one in people.items() if person not in known and (span := _ended_within(one))}
    found: dict[str, Ending] = {}
    while spans:
        days = [last for last, _ in spans.values()]
        groups = ([person for person, (last, due) in spans.items() if last <= day <= due] for day in days)
        group = max(groups, key=lambda each: (len(each), sorted(each)))
        if len(group) < SEVERAL:
            break
        ending = Ending("", max(spans[person][0] for person in group))
        found |= dict.fromkeys(group, ending)
        spans = {person: span for person, span in spans.items() if person not in found}
    return found


def _ended_within(one: Candidate) -> tuple[int, int] | None:
    """Give the days in which something ended for somebody known for a while who is silent; None for all others."""
    rhythm, contacts = one.assessment.rhythm, contact_days(one.history.days)
    if not one.relates or rhythm is None or not contacts or contacts[-1] - contacts[0] > A_WHILE:
        return None
    if rhythm.gaps == 0 or one.assessment.awake_days < rhythm.gate:
        return None
    return contacts[-1], contacts[-1] + round(max(DUE_DAYS, min(rhythm.long, DUE * rhythm.usual)))
