"""Who is named this week, and who is not and why: pure, from assessments and what earlier digests said."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from models.enums import Stage, Warmth
from worker.assessment import Assessment
from worker.digest.letter import Last, LineKind
from worker.digest.season import season_of
from worker.digest.steps import last_of, next_step, sentence
from worker.facts import EARLIEST, Habits, History, contact_days, day_of, out_of_the_ordinary, silence_limit, year_gaps

#: people named in one digest, unless the user says otherwise
BUDGET = 5
#: a silence of a shallow pair is named when it is about as likely to last as not (measured: the most is gained there)
THRESHOLD = 0.60
#: each point of depth lowers the bar: among friends a needless call costs little, and a lost friend much
CARE = 0.0045
#: what a warning that proves wrong costs, where one that proves right at once is worth 1
FALSE_ALARM = 0.5
#: a digest's own record counts against so many imagined warnings that came true as often as was said
PRIOR_WARNINGS = 8.0
#: days without a sign of an owner who is usually active every third day: away, so silences prove nothing
AWAY = 10
USUALLY_ACTIVE = 30
#: a young relationship is watered when it is younger than this, and has rested a little, in days
YOUNG = 180
RESTED = 10
THIRSTY = 45
#: days within which an introduction asks for thanks
THANKFUL = 30
#: days past the pair's own limit after which a silence has lasted, beyond doubt
DECIDED = 30
COLD_KINDS = frozenset({LineKind.COLD, LineKind.COOLING})
ROOTS = (Stage.GROWING, Stage.ROOTED, Stage.DEEP)
OLD_FRIENDS = (Stage.ROOTED, Stage.DEEP)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person as known at the time of the digest."""

    person: str
    history: History
    assessment: Assessment


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
    """Somebody worth naming: plain values that the letter turns into a line."""

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
    about: str | None = None  # whom they brought together with the user: a person key, as quoted in `why`


class Suppressed(NamedTuple):
    """Somebody who would have been named, and what kept them out."""

    person: str
    kind: LineKind
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of one digest, best first, and who was left out."""

    chosen: tuple[Chosen, ...]
    suppressed: tuple[Suppressed, ...]


def choose(
    candidates: Iterable[Candidate],
    past: Iterable[Listing],
    habits: Habits,
    now: datetime,
    *,
    budget: int = BUDGET,
    threshold: float = THRESHOLD,
    quiet: Mapping[str, str] | None = None,
    absences: Mapping[str, datetime] | None = None,
    listening_since: datetime | None = None,
) -> Choice:
    """Name at most `budget` people.

    Args:
        candidates: everybody, as of `now`.
        past: lines of earlier digests.
        habits: the owner's, as of today.
        now: aware UTC.
        budget: lines at most.
        threshold: how likely a silence must be to last before it is named, where there is no depth.
        quiet: person -> why the user does not want to hear of them ("snoozed until 2026-12-01", "muted").
        absences: person -> until when they said to be away.
        listening_since: when the user came to keepwarm: what was lost before is no news, unless it had deep roots.
    """
    people = {one.person: one for one in candidates}
    told: dict[tuple[str, str], Listing] = {}
    earlier = sorted(past, key=lambda line: line.listed_at)
    for line in earlier:
        told[line.person, _topic(line.kind)] = line
    shift = own_record(earlier, people, now)
    chosen: list[Chosen] = []
    suppressed: list[Suppressed] = []
    for one in _wanted(people, shift, threshold, now):
        said = told.get((one.person, _topic(one.kind)))
        why = _hindrance(one, people[one.person], said, habits, now, quiet or {}, absences or {}, listening_since)
        if why is None:
            chosen.append(one)
        else:
            suppressed.append(Suppressed(one.person, one.kind, why))
    chosen.sort(key=lambda one: (one.kind not in COLD_KINDS, -one.worth, one.person))
    lines: dict[str, Chosen] = {}
    for one in chosen:
        lines.setdefault(one.person, one)  # nobody is named twice in one letter
    chosen = list(lines.values())
    kept = _within(chosen, budget)
    over = [Suppressed(one.person, one.kind, "others matter more this week") for one in chosen if one not in kept]
    return Choice(tuple(kept), tuple(suppressed + over))


def _within(chosen: Sequence[Chosen], budget: int) -> list[Chosen]:
    """The best lines: silences first, but one line stays free for good news where there is some."""
    cold = [one for one in chosen if one.kind in COLD_KINDS]
    good = [one for one in chosen if one.kind not in COLD_KINDS]
    room = budget - 1 if good and budget > 1 else budget
    kept = cold[:room]
    return (kept + good[: budget - len(kept)])[:budget]


def _wanted(people: Mapping[str, Candidate], shift: float, threshold: float, now: datetime) -> Iterable[Chosen]:
    """Everybody there is a reason to name, one line each, whatever may stand against it."""
    thanked: set[str] = set()
    for one in people.values():
        assessment = one.assessment
        season = season_of(contact_days(one.history.days), day_of(now))
        if season is not None and season.comes:
            yield _line(one, LineKind.SEASONAL, season.why, 1.0)
        elif season is None and (line := _silence(one, shift, threshold)) is not None:
            yield line
        elif _thirsty(one, now):
            yield _line(one, LineKind.GROWING, _growth(assessment), assessment.depth)
        friend = one.history.introduced_by
        if friend is not None and friend in people and friend not in thanked and _unthanked(one, people[friend], now):
            thanked.add(friend)
            why = f"They brought you and {one.person} together."
            yield replace(_line(people[friend], LineKind.THANKS, why, 2.0), about=one.person)


def _silence(one: Candidate, shift: float, threshold: float) -> Chosen | None:
    assessment = one.assessment
    said, silent = assessment.cold_probability, assessment.silent_days
    if said is None or silent is None or assessment.stage not in ROOTS:
        return None
    if not out_of_the_ordinary(silent, assessment.usual_gap_days or 0.0):
        return None
    odds = math.log(max(said, 1e-6) / max(1.0 - said, 1e-6)) + shift
    likely = 1.0 / (1.0 + math.exp(-odds))
    if likely < threshold - CARE * assessment.depth:
        return None
    contacts = contact_days(one.history.days)
    limit = silence_limit(year_gaps(contacts))
    early = max(0.0, min(1.0, 1.0 - (silent - EARLIEST) / (limit + 16.0)))
    gain = likely * early - FALSE_ALARM * (1.0 - likely)
    kind = LineKind.COLD if assessment.warmth is Warmth.COLD else LineKind.COOLING
    return _line(one, kind, sentence(assessment.reasons), gain * (0.5 + assessment.depth / 100.0))


def own_record(past: Iterable[Listing], people: Mapping[str, Candidate], now: datetime) -> float:
    """How far this owner's earlier warnings came true more (or less) often than they said, as a shift of log odds."""
    said = came_true = 0.0
    for line in past:
        if line.said is None or line.kind not in COLD_KINDS or line.person not in people:
            continue
        outcome = lasted(contact_days(people[line.person].history.days), line, now)
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
    limit = max(listed + 30.0, before[-1] + silence_limit(year_gaps(before)))
    if len(contacts) > len(before) and contacts[len(before)] <= limit:
        return False
    return True if day_of(now) > limit else None


def _thirsty(one: Candidate, now: datetime) -> bool:
    """Whether a young relationship has taken, and now has rested long enough to be watered."""
    first, silent = one.history.first_at, one.assessment.silent_days
    return (
        first is not None
        and silent is not None
        and one.assessment.stage is Stage.GROWING
        and one.assessment.warmth in {Warmth.WARM, Warmth.COOLING}
        and day_of(now) - day_of(first) <= YOUNG
        and RESTED <= silent <= THIRSTY
        and one.history.last_in_at is not None
    )


def _growth(assessment: Assessment) -> str:
    best = sorted(assessment.contributions, key=lambda part: -part.points)
    return sentence(["a young relationship that is taking root", *(part.reason for part in best[:2])])


def _unthanked(new: Candidate, friend: Candidate, now: datetime) -> bool:
    """Whether an introduction is fresh, and the user has not written to or met the friend since."""
    met = new.history.first_at
    if met is None or day_of(now) - day_of(met) > THANKFUL:
        return False
    words = [at for at in (friend.history.last_out_at, friend.history.last_met_at) if at is not None]
    return all(at <= met for at in words)


def _line(one: Candidate, kind: LineKind, why: str, worth: float) -> Chosen:
    return Chosen(
        person=one.person,
        kind=kind,
        why=why,
        last=last_of(one.history),
        step=next_step(kind, one.history, one.assessment.stage),
        stage=one.assessment.stage,
        silent_days=one.assessment.silent_days,
        cold_probability=one.assessment.cold_probability,
        evidence=tuple(one.history.evidence[:3]),
        worth=worth,
    )


def _hindrance(
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


def _topic(kind: LineKind) -> str:
    """What a line speaks of: a silence is one subject, however cold."""
    return "silence" if kind in COLD_KINDS else kind.value


def _news(line: Chosen, told: Listing, contacts: Sequence[int], now: datetime) -> bool:
    """Whether there is something to say that an earlier line on the subject did not: a new silence, a new season."""
    since = day_of(now) - day_of(told.listed_at)
    if line.kind is LineKind.SEASONAL:
        return since > 180
    if line.kind is LineKind.THANKS:
        return since > THANKFUL
    if line.kind is LineKind.GROWING:
        return False
    return bool(contacts) and contacts[-1] >= day_of(told.listed_at)
