"""Who is named this week, and who is not and why: pure, from assessments and what earlier digests said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from worker.digest.choose.choice import COLD_KINDS, Candidate, Choice, Chosen, Ending, Listing, Move, Suppressed
from worker.digest.choose.comebacks import comebacks_of
from worker.digest.choose.occasions.holidays import first_week_back, pause_on
from worker.digest.choose.occasions.quieter import drawn_out
from worker.digest.choose.occasions.silences import THRESHOLD, Bar
from worker.digest.choose.present import Present
from worker.digest.choose.record import own_record
from worker.digest.choose.repeats import last_time, said_of, topic
from worker.digest.choose.steps import LET_IT_REST, second_step, still_silent
from worker.digest.choose.suppression import Wishes
from worker.digest.choose.together.addresses import as_one
from worker.digest.choose.together.assistants import writes_for
from worker.digest.choose.together.firms import already_named, endings, others_of, others_there
from worker.digest.choose.together.handovers import handovers
from worker.digest.choose.together.moves import elsewhere, moves
from worker.digest.choose.wanted import wanted
from worker.digest.digest import LineKind
from worker.judgement.facts import Habits, contact_days, day_of

#: people named in one digest, unless the user says otherwise; the first one introduces itself and names fewer
BUDGET = 5
FIRST = 3
#: what was said before comes after what is new
AGAIN = 0.01


def choose(
    candidates: Iterable[Candidate],
    past: Iterable[Listing],
    habits: Habits,
    now: datetime,
    *,
    budget: int = BUDGET,
    threshold: float = THRESHOLD,
    wishes: Wishes | None = None,
    first: bool = False,
) -> Choice:
    """Name at most `budget` people.

    Args:
        candidates: everybody, as of `now`.
        past: lines of earlier digests.
        habits: the owner's, as of today.
        now: aware UTC.
        budget: lines at most.
        threshold: how likely a silence must be to last before it is named, where there is no depth or steady rhythm.
        wishes: what the user decided.
        first: this digest introduces itself, and names beside only who has gone quiet.
    """
    people = {one.person: one for one in candidates}
    wishes = wishes or Wishes()
    earlier = sorted(past, key=lambda line: line.listed_at)
    said_before = _by_topic(earlier)
    found = moves(people)
    others = _others(people)
    ended = endings({person: one for person, one in people.items() if person not in others}, day_of(now))
    pause = None if first else pause_on(habits, people.values(), now)
    heard = already_named(ended, earlier, people)
    slower = replace(habits, away=drawn_out(habits, people.values()))
    present = Present(slower, now, wishes, _moved(found), elsewhere(people.values()), heard, pause, others, people)
    people = as_one(people, habits, now)
    named = {line.person: people[line.person].history for line in earlier if line.person in people}
    bar = Bar(threshold, own_record(earlier, named, now), comebacks_of(people.values(), habits))
    noted = (_with_others(one, ended) for one in wanted(people, bar, now))
    lines = [one for one in noted if not first or one.kind in COLD_KINDS]
    chosen, suppressed = _sorted_out(lines, people, said_before, present)
    kept, over = _within(_thanks_first(chosen), min(budget, FIRST) if first else budget)
    back = pause is None and first_week_back(habits, people.values(), now)
    return Choice(tuple(kept), tuple(suppressed + over), found, paused=pause is not None, back=back)


def _sorted_out(
    lines: Iterable[Chosen],
    people: Mapping[str, Candidate],
    said_before: Mapping[tuple[str, str], list[Listing]],
    present: Present,
) -> tuple[list[Chosen], list[Suppressed]]:
    """Tell the lines that may be said, in the words for today, from those something stands against."""
    chosen: list[Chosen] = []
    suppressed: list[Suppressed] = []
    for line in lines:
        candidate, said = people[line.person], said_before[line.person, topic(line.kind)]
        if (why := present.against(line, candidate, said)) is not None:
            suppressed.append(Suppressed(line.person, line.kind, why))
        else:
            one = _welcomed(line, present.wishes, present.at)
            chosen.append(_once_more(one, candidate, said) if said_of(candidate, said) else one)
    return chosen, suppressed


def _by_topic(earlier: Iterable[Listing]) -> Mapping[tuple[str, str], list[Listing]]:
    """Earlier lines by person and subject, in the order given; none of what was never spoken of."""
    said_before: dict[tuple[str, str], list[Listing]] = defaultdict(list)
    for line in earlier:
        said_before[line.person, topic(line.kind)].append(line)
    return said_before


def _others(people: Mapping[str, Candidate]) -> dict[str, str]:
    """Say for which people somebody else is the one to be missed, or is there in their place, and why."""
    after = {
        person: f"{new.name or new.person} has looked after you since" for person, new in handovers(people).items()
    }
    return after | {person: f"they write for {one.name or one.person}" for person, one in writes_for(people).items()}


def _moved(found: Iterable[Move]) -> dict[str, Move]:
    return {person: move for move in found for person in (move.old, move.new)}


def _thanks_first(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Leave out the silences of those who are owed thanks: a better reason to write."""
    owed = {one.person for one in chosen if one.kind is LineKind.THANKS}
    return [one for one in chosen if one.kind not in COLD_KINDS or one.person not in owed]


def _welcomed(line: Chosen, wishes: Wishes, now: datetime) -> Chosen:
    """Note on a silence that somebody is just back: the first days after a leave are good ones."""
    until = wishes.absences.get(line.person)
    if line.kind not in COLD_KINDS or until is None or until > now:
        return line
    return replace(line, step=f"They should be back from leave by now. {line.step}")


def _once_more(line: Chosen, one: Candidate, said: Sequence[Listing]) -> Chosen:
    """Say what was said before in other words, after what is new; the last time as a question."""
    line = replace(line, worth=line.worth * AGAIN)
    if line.kind not in COLD_KINDS:
        return line
    before = day_of(said_of(one, said)[0].listed_at) - contact_days(one.history.days)[-1]
    step = LET_IT_REST if last_time(one, said) else second_step(one, before)
    return replace(line, why=still_silent(one.assessment), step=step)


def _with_others(line: Chosen, ended: Mapping[str, Ending]) -> Chosen:
    """Note on a silence that others fell silent with them."""
    if line.kind not in COLD_KINDS or line.person not in ended:
        return line
    ending = ended[line.person]
    return replace(line, ending=ending, why=f"{line.why.removesuffix('.')}; {others_there(ending)}.")


def _within(chosen: Sequence[Chosen], budget: int) -> tuple[list[Chosen], list[Suppressed]]:
    """The best lines: silences first, but one line stays free for good news; nobody twice, and of a project one."""
    lines: dict[str, Chosen] = {}
    over: list[Suppressed] = []
    ended: set[Ending] = set()
    for one in sorted(chosen, key=lambda one: (one.kind not in COLD_KINDS, -one.worth, one.person)):
        if one.ending is not None and one.ending in ended:
            over.append(Suppressed(one.person, one.kind, f"one of {others_of(one.ending)} is named"))
        elif one.person not in lines:
            lines[one.person] = one
            ended |= {one.ending} if one.ending else set()
    cold = [one for one in lines.values() if one.kind in COLD_KINDS]
    good = [one for one in lines.values() if one.kind not in COLD_KINDS]
    room = budget - 1 if good and budget > 1 else budget
    kept = (cold[:room] + good[: budget - min(room, len(cold))])[:budget]
    named = {one.person for one in kept}
    over += [
        Suppressed(one.person, one.kind, "others come first this week")
        for one in lines.values()
        if one.person not in named
    ]
    return kept, over


__all__ = ["BUDGET", "THRESHOLD", "Move", "choose"]
