"""What became of earlier warnings: did the silences they named last?"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from worker.digest.choose.choice import COLD_KINDS, Listing
from worker.judgement.facts import History, contact_days, day_of, silence_limit, year_gaps

#: a digest's own record counts against so many imagined warnings that came true as often as was said
PRIOR_WARNINGS = 8.0
#: days past the pair's own limit after which a silence has lasted, beyond doubt
DECIDED = 30


def own_record(past: Iterable[Listing], known: Mapping[str, History], now: datetime) -> float:
    """How far this owner's earlier warnings came true more (or less) often than they said, as a shift of log odds.

    `known` are the histories of those who were named, at least.
    """
    said = came_true = 0.0
    for line in past:
        if line.said is None or line.kind not in COLD_KINDS or line.person not in known:
            continue
        outcome = lasted(contact_days(known[line.person].days), line, now)
        if outcome is not None:
            said += line.said
            came_true += outcome
    return math.log((came_true + PRIOR_WARNINGS) / (said + PRIOR_WARNINGS))


def lasted(contacts: Sequence[int], line: Listing, now: datetime) -> bool | None:
    """Whether the silence a line spoke of lasted: past the pair's limit, and a month more; None while undecided."""
    listed = day_of(line.listed_at)
    before = contacts[: bisect_left(contacts, listed)]
    if not before:
        return None
    limit = max(float(listed + DECIDED), before[-1] + silence_limit(year_gaps(before)))
    if len(contacts) > len(before) and contacts[len(before)] <= limit:
        return False
    return True if day_of(now) > limit else None
