"""Who writes for somebody else: an assistant who finds the dates is not the one to be missed (pure)."""

from collections import defaultdict
from collections.abc import Mapping

from models.enums import Touch
from worker.addresses.freemail import is_freemail
from worker.digest.choose.choice import Candidate
from worker.judgement.facts.history import COPIES, MAILS

#: on so many days with their emails, and such a share of these, the other stands in copy
DAYS, SHARE = 3, 0.75
#: and writes themselves on so small a share of them at most
SELDOM = 0.5
#: an email that the two got together is in sight of both
COPIED = COPIES | {Touch.SEEN}


def writes_for(people: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Find the silent who write for somebody at their firm: assistant -> for whom.

    Nearly each email with them has the other in copy, who hardly ever writes; the two are met together.
    """
    firms: dict[str, list[Candidate]] = defaultdict(list)
    for one in people.values():
        for domain in one.domains if one.relates else ():
            if not is_freemail(domain):
                firms[domain].append(one)
    found = {}
    for here in firms.values():
        silent = [one for one in here if len(here) > 1 and _silent(one)]
        copied = {one.person: _days(one, COPIED) for one in here} if silent else {}
        for one in silent:
            theirs = _days(one, MAILS)
            if len(theirs) < DAYS:
                continue
            for other in here:
                together = len(theirs & copied[other.person]) if other is not one else 0
                if together >= SHARE * len(theirs) and len(_days(other, MAILS)) <= SELDOM * len(theirs):
                    found[one.person] = other
    return found


def _silent(one: Candidate) -> bool:
    rhythm = one.assessment.rhythm
    return rhythm is not None and one.assessment.awake_days >= rhythm.gate


def _days(one: Candidate, touches: frozenset[Touch]) -> set[int]:
    return {day for day, touch, _ in one.history.days if touch in touches}
