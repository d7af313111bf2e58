"""Replays the past week by week, knowing only what was known then, and says what became of the warnings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from worker.digest.choose.choice import COLD_KINDS, Candidate, Chosen, Listing
from worker.digest.choose.policy import BUDGET, THRESHOLD, choose
from worker.digest.choose.record import lasted
from worker.judgement.assess import assess
from worker.judgement.cooling import ColdModel
from worker.judgement.facts import (
    EARLIEST,
    Habits,
    History,
    at_day,
    contact_days,
    day_of,
    established,
    habits_of,
    silence_limit,
    year_gaps,
)
from worker.judgement.rules import RuleBook

#: other thresholds that are reported, too
THRESHOLDS = (0.44, 0.50, 0.56, THRESHOLD, 0.68, 0.74, 0.80)


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning, and what became of it."""

    person: str
    at: datetime
    silent_since: datetime
    silent_days: int  # when it was given
    said: float  # how likely the silence was to last
    lasted: bool | None  # None: still undecided at the end


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one threshold would have done."""

    threshold: float
    warnings: int
    right: int
    wrong: int
    undecided: int
    silences: int  # that lasted, whether warned of or not
    caught: int  # of these, warned of before they were lasting
    median_silence: float | None  # days, when the right warnings came
    median_ahead: float | None  # days between a right warning and the day on which the silence was a lasting one


@dataclass(frozen=True, slots=True)
class Backtest:
    """The whole replay: outcomes for each threshold, and each warning at the one in force."""

    begins: datetime
    ends: datetime
    weeks: int
    threshold: float
    outcomes: tuple[Outcome, ...]
    warnings: tuple[Warned, ...]

    @property
    def in_force(self) -> Outcome:
        """The outcome of the threshold in force."""
        return next(one for one in self.outcomes if one.threshold == self.threshold)


def backtest(
    weeks: Iterable[tuple[datetime, Mapping[str, History]]],
    rulebook: RuleBook,
    *,
    budget: int = BUDGET,
    thresholds: Sequence[float] = THRESHOLDS,
    model: ColdModel | None = None,
) -> Backtest:
    """Replay digests.

    Args:
        weeks: (moment, everyone's history as of that moment), ascending. The last one is also the truth that warnings
            are held against: no earlier week sees it.
        rulebook: the rules in force.
        budget: lines of one digest.
        thresholds: to be compared; the one in force is added.
        model: the cold model; the one keepwarm brings unless given.

    Raises:
        ValueError: there is not a single week.
    """
    replayed: dict[float, list[Listing]] = {one: [] for one in sorted({*thresholds, THRESHOLD})}
    begins = ends = None
    truth: Mapping[str, History] = {}
    count = 0
    for now, people in weeks:
        begins = begins or now
        ends, truth = now, people
        count += 1
        habits = habits_of(people.values(), now)
        _digests(replayed, people, list(_silent(people, habits, rulebook, now, model)), habits, now, budget)
    if begins is None or ends is None:
        raise ValueError("there is no week to replay")
    contacts = {person: contact_days(history.days) for person, history in truth.items()}
    lasting = set(_lasting(truth, contacts, begins, ends))
    outcomes = tuple(_outcome(threshold, listings, contacts, lasting, ends) for threshold, listings in replayed.items())
    warnings = tuple(_warned(line, contacts, ends) for line in replayed[THRESHOLD])
    return Backtest(begins, ends, count, THRESHOLD, outcomes, warnings)


def _digests(
    replayed: Mapping[float, list[Listing]],
    people: Mapping[str, History],
    candidates: Sequence[Candidate],
    habits: Habits,
    now: datetime,
    budget: int,
) -> None:
    """Add to each threshold's listings the digest of this week."""
    for threshold, listings in replayed.items():
        choice = choose(candidates, listings, habits, now, budget=budget, threshold=threshold)
        listings.extend(_listed(choice.chosen, listings, people, now))


def _silent(
    people: Mapping[str, History], habits: Habits, rulebook: RuleBook, now: datetime, model: ColdModel | None
) -> Iterable[Candidate]:
    """Those whose silence could be named; the others need no assessment."""
    today = day_of(now)
    for person, history in people.items():
        contacts = contact_days(history.days)
        if contacts and today - contacts[-1] >= EARLIEST and established(contacts):
            yield Candidate(person, history, assess(history, habits, rulebook, now, model=model))


def _repeats(listings: Iterable[Listing], person: str, history: History) -> bool:
    """Whether a silence was warned of before: it is counted once."""
    since = _silent_since(history)
    return any(line.person == person and line.silent_since == since for line in listings)


def _listed(
    chosen: Iterable[Chosen], before: Sequence[Listing], people: Mapping[str, History], now: datetime
) -> list[Listing]:
    """What a digest says of silences, less what an earlier one said of the same."""
    return [
        Listing(line.person, line.kind, now, _silent_since(people[line.person]), line.cold_probability)
        for line in chosen
        if line.kind in COLD_KINDS and not _repeats(before, line.person, people[line.person])
    ]


def _silent_since(history: History) -> datetime:
    return at_day(contact_days(history.days)[-1])


def _lasting(
    truth: Mapping[str, History], contacts: Mapping[str, list[int]], begins: datetime, ends: datetime
) -> Iterable[tuple[str, int]]:
    """The silences of rooted pairs that came to last during the replay: (person, day of the last contact)."""
    first, last = day_of(begins), day_of(ends)
    for person in truth:
        days = contacts[person]
        for i, day in enumerate(days):
            back = days[i + 1] if i + 1 < len(days) else last + 1
            if back - day < EARLIEST + 30 or not established(days, i):
                continue
            limit = max(EARLIEST + 30.0, silence_limit(year_gaps(days, i)))
            if back - day > limit and first <= day + EARLIEST and day + limit < last:
                yield person, day


def _warned(line: Listing, contacts: Mapping[str, list[int]], ends: datetime) -> Warned:
    since = line.silent_since or line.listed_at
    return Warned(
        person=line.person,
        at=line.listed_at,
        silent_since=since,
        silent_days=day_of(line.listed_at) - day_of(since),
        said=line.said or 0.0,
        lasted=lasted(contacts.get(line.person, []), line, ends),
    )


def _outcome(
    threshold: float,
    listings: Sequence[Listing],
    contacts: Mapping[str, list[int]],
    lasting: set[tuple[str, int]],
    ends: datetime,
) -> Outcome:
    warned = [_warned(line, contacts, ends) for line in listings]
    right = [one for one in warned if one.lasted]
    ahead = []
    for one in right:
        since = day_of(one.silent_since)
        limit = silence_limit(year_gaps([day for day in contacts[one.person] if day <= since]))
        ahead.append(since + limit - day_of(one.at))
    return Outcome(
        threshold=threshold,
        warnings=len(warned),
        right=len(right),
        wrong=sum(1 for one in warned if one.lasted is False),
        undecided=sum(1 for one in warned if one.lasted is None),
        silences=len(lasting),
        caught=len(lasting & {(one.person, day_of(one.silent_since)) for one in warned}),
        median_silence=float(median(one.silent_days for one in right)) if right else None,
        median_ahead=float(median(ahead)) if ahead else None,
    )
