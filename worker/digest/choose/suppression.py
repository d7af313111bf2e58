"""What stands against naming somebody, in words: the user's wish, a meeting, an absence, a hole, or having said it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.enums import Stage, Warmth
from worker.digest.choose.choice import COLD_KINDS, Candidate, Chosen, Listing
from worker.digest.choose.record import DECIDED
from worker.digest.digest import LineKind
from worker.judgement.facts import Habits, contact_days, day_of, silence_limit, year_gaps

#: days without a sign of an owner who is usually active every third day: away, so silences prove nothing
AWAY = 10
USUALLY_ACTIVE = 30
#: days within which an introduction asks for thanks
THANKFUL = 30
#: days after which a season is another one
SEASON = 180
OLD_FRIENDS = (Stage.ROOTED, Stage.DEEP)


def suppression_reason(
    line: Chosen,
    one: Candidate,
    told: Listing | None,
    habits: Habits,
    now: datetime,
    quiet: Mapping[str, str],
    absences: Mapping[str, datetime],
    listening_since: datetime | None,
) -> str | None:
    """What stands against naming somebody, in words; None if nothing does."""
    history, assessment = one.history, one.assessment
    if line.person in quiet:
        return quiet[line.person]
    if assessment.warmth is Warmth.RESTING:
        return "you let this one rest"
    if assessment.warmth is Warmth.UNKNOWN:
        return "not everything has been read, so a silence would prove nothing"
    if history.next_meeting_at is not None and line.kind is not LineKind.THANKS:
        return f"a meeting is booked for {history.next_meeting_at.date().isoformat()}"
    if assessment.vetoed and line.kind in COLD_KINDS:
        return assessment.reasons[-1]
    if line.person in absences and absences[line.person] > now:
        return f"they are away until {absences[line.person].date().isoformat()}"
    if line.kind in COLD_KINDS and habits.silent_days >= AWAY and habits.active_90 >= USUALLY_ACTIVE:
        return f"you have been away for {habits.silent_days} days"
    if line.kind in COLD_KINDS and listening_since is not None and _long_lost(one, day_of(listening_since)):
        return "silent since long before keepwarm came"
    if told is not None and not _news(line, told, contact_days(history.days), now):
        return f"named on {told.listed_at.date().isoformat()}, and nothing new since"
    return None


def _long_lost(one: Candidate, before: int) -> bool:
    """Whether a silence of a shallow pair had lasted before a day: the digest is no list of everybody ever lost."""
    contacts = contact_days(one.history.days)
    if not contacts or one.assessment.stage in OLD_FRIENDS:
        return False
    return contacts[-1] + silence_limit(year_gaps(contacts)) + DECIDED < before


def topic(kind: LineKind) -> str:
    """What a line speaks of: a silence is one subject, however cold."""
    return "silence" if kind in COLD_KINDS else kind.value


def _news(line: Chosen, told: Listing, contacts: Sequence[int], now: datetime) -> bool:
    """Whether there is something to say that an earlier line on the subject did not: a new silence, a new season."""
    since = day_of(now) - day_of(told.listed_at)
    if line.kind is LineKind.SEASONAL:
        return since > SEASON
    if line.kind is LineKind.THANKS:
        return since > THANKFUL
    if line.kind is LineKind.GROWING:
        return False
    return bool(contacts) and contacts[-1] >= day_of(told.listed_at)
