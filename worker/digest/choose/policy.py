"""Who is named this week, and who is not and why: pure, from assessments and what earlier digests said."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from models.enums import Stage, Warmth
from worker.digest.choose.choice import COLD_KINDS, Candidate, Choice, Chosen, Listing, Suppressed
from worker.digest.choose.record import own_record
from worker.digest.choose.season import season_of
from worker.digest.choose.steps import last_of, next_step, sentence
from worker.digest.choose.suppression import THANKFUL, suppression_reason, topic
from worker.digest.digest import LineKind
from worker.judgement.assess import Assessment
from worker.judgement.facts import EARLIEST, Habits, contact_days, day_of, out_of_the_ordinary, silence_limit, year_gaps

#: people named in one digest, unless the user says otherwise
BUDGET = 5
#: a silence of a shallow pair is named when it is about as likely to last as not (measured: the most is gained there)
THRESHOLD = 0.62
#: each point of depth lowers the bar: among friends a needless call costs little, and a lost friend much
CARE = 0.0035
#: what a warning that proves wrong costs, where one that proves right at once is worth 1
FALSE_ALARM = 0.5
#: a young relationship is watered when it is younger than this, and has rested a little, in days
YOUNG = 180
RESTED = 10
THIRSTY = 45
ROOTS = (Stage.GROWING, Stage.ROOTED, Stage.DEEP)


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
        told[line.person, topic(line.kind)] = line
    shift = own_record(earlier, people, now)
    chosen: list[Chosen] = []
    suppressed: list[Suppressed] = []
    for one in _wanted(people, shift, threshold, now):
        said = told.get((one.person, topic(one.kind)))
        why = suppression_reason(
            one, people[one.person], said, habits, now, quiet or {}, absences or {}, listening_since
        )
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
        elif _is_new_relationship(one, now):
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


def _is_new_relationship(one: Candidate, now: datetime) -> bool:
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
    best = max(assessment.contributions, key=lambda part: part.points)
    return sentence(["a young relationship that is taking root", best.reason])


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
