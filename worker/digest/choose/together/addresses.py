"""One person who writes from two addresses side by side: their silence is judged by what is usual on both (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from models.enums import Warmth
from worker.digest.choose.choice import Candidate
from worker.digest.choose.together.moves import side_by_side
from worker.judgement.cooling.words import silence_in_words
from worker.judgement.facts import Habits, contact_days, conversations, day_of, rhythm_of
from worker.judgement.pause import Pause

NOT_JUDGED = frozenset({Warmth.RESTING, Warmth.UNKNOWN})


def as_one(people: Mapping[str, Candidate], habits: Habits, now: datetime) -> dict[str, Candidate]:
    """Put what happened on both addresses into the one in use last; the other stays as it is.

    They remain two people until the user says otherwise: only the silence is seen as the user sees it.
    """
    return {**people, **{new.person: _joint(old, new, habits, now) for old, new in side_by_side(people.values())}}


def _joint(old: Candidate, new: Candidate, habits: Habits, now: datetime) -> Candidate:
    one, other, days = new.history, old.history, sorted([*old.history.days, *new.history.days])
    history = replace(
        one,
        days=days,
        threads=(),
        first_at=_first([one.first_at, other.first_at]),
        last_in_at=_last([one.last_in_at, other.last_in_at]),
        last_out_at=_last([one.last_out_at, other.last_out_at]),
        last_met_at=_last([one.last_met_at, other.last_met_at]),
        last_talked_at=_last([one.last_talked_at, other.last_talked_at]),
        next_meeting_at=_first([one.next_meeting_at, other.next_meeting_at]),
    )
    rhythm = rhythm_of(conversations(days), habits)
    pause = Pause.of(contact_days(days)[-1], day_of(now), rhythm, habits)
    both = (new.assessment, old.assessment)
    deeper = max(both, key=lambda found: found.depth)
    judged = replace(
        new.assessment,
        depth=deeper.depth,
        stage=deeper.stage,
        warmth=next((found.warmth for found in both if found.warmth in NOT_JUDGED), new.assessment.warmth),
        vetoed=any(found.vetoed for found in both),
        rhythm=rhythm,
        usual_gap_days=round(rhythm.usual, 1),
        silent_days=pause.days,
        awake_days=pause.awake,
        reasons=tuple(silence_in_words(rhythm, pause.days)),
    )  # fmt: skip
    return replace(new, history=history, assessment=judged)


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in moments if at is not None), default=None)
