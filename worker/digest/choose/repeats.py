"""When something said before may be said again: a new silence, the same one much later, a snooze that ended (pure)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from worker.digest.choose.choice import COLD_KINDS, Candidate, Chosen, Listing
from worker.digest.digest import LineKind
from worker.judgement.facts import contact_days, conversations, day_of

#: days after which a season is another one
SEASON = 180
#: the same silence is named again once it has doubled, and not within so many days
DOUBLED = 2.0
PATIENCE = 60
#: the last time someone is asked whether to let it rest
MOST = 3
#: a silence is named once only when it has gone on for more than this share of the time the two were in touch before:
#: who did business for four months and has been silent for three is no friend who was lost
OUTLASTED = 0.5
#: a standing meeting: at most so many days apart, the long gap at most so many times the usual one, met in such a share
#: of so many conversations. It is over once, and no friend is lost with it
FIXED, ALIKE, MOSTLY, TIMES = 15.0, 1.3, 0.75, 8


def topic(kind: LineKind) -> str:
    """What a line speaks of: a silence is one subject, however cold."""
    return "silence" if kind in COLD_KINDS else kind.value


def said_of(one: Candidate, earlier: Sequence[Listing]) -> list[Listing]:
    """The lines about the silence that still lasts, oldest first."""
    contacts = contact_days(one.history.days)
    return [line for line in earlier if contacts and day_of(line.listed_at) > contacts[-1]]


def nothing_new(
    line: Chosen, one: Candidate, earlier: Sequence[Listing], woken: Mapping[str, datetime], now: datetime
) -> str | None:
    """Say why a line brings no news beside earlier ones on its subject; None if it does.

    Args:
        line: what would be said.
        one: the person it is about.
        earlier: earlier lines on the subject, oldest first.
        woken: person -> when a snooze of theirs ended.
        now: aware UTC.
    """
    if not earlier:
        return None
    named = f"named on {earlier[-1].listed_at.day} {earlier[-1].listed_at:%B}, and nothing new since"
    since = day_of(now) - day_of(earlier[-1].listed_at)
    if line.kind not in COLD_KINDS:
        fresh = SEASON if line.kind in {LineKind.SEASONAL, LineKind.ANNIVERSARY} else None
        news = line.began is not None and line.began > earlier[-1].listed_at
        return None if news or (fresh is not None and since > fresh) else named
    same = said_of(one, earlier)
    if not same:
        return None
    if line.person in woken and woken[line.person] > same[-1].listed_at:
        return None
    if len(same) >= MOST:
        return "you were asked whether to let it rest"
    contacts = contact_days(one.history.days)
    over = line.ending is not None or _stood(one)
    if over or (not one.history.kept and _outlasted(contacts, day_of(now))):
        return named
    before = day_of(same[-1].listed_at) - contacts[-1]
    again = max(DOUBLED * before, before + PATIENCE)
    return None if line.silent_days is not None and line.silent_days >= again else named


def _outlasted(contacts: Sequence[int], today: int) -> bool:
    """Whether a silence has outlasted what was between the two."""
    return today - contacts[-1] > OUTLASTED * (contacts[-1] - contacts[0])


def _stood(one: Candidate) -> bool:
    """Whether the two had a standing meeting: where it ends, something they did together has, and no friendship."""
    rhythm, talks = one.assessment.rhythm, conversations(one.history.days)[-2 * TIMES :]
    if rhythm is None or one.history.kept or len(talks) < TIMES or rhythm.usual > FIXED:
        return False
    return rhythm.long <= ALIKE * rhythm.usual and sum(talk.met for talk in talks) >= MOSTLY * len(talks)


def asked_to_rest(one: Candidate, past: Sequence[Listing]) -> bool:
    """Whether the reader was asked to let somebody rest, and promised not to be reminded again."""
    earlier = [line for line in past if line.person == one.person and line.kind in COLD_KINDS]
    return len(earlier) >= MOST and len(said_of(one, earlier)) >= MOST


def last_time(one: Candidate, earlier: Sequence[Listing]) -> bool:
    """Whether this is the last time that the silence is named."""
    return len(said_of(one, earlier)) == MOST - 1
