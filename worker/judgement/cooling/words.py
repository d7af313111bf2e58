"""A silence in words: what is usual for the two, how it stands now, and what counted most in the model's verdict."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from worker.judgement.cooling.features import Features
from worker.judgement.facts import Habits, Rhythm
from worker.wording.spans import every, span

#: log odds: what pushes less is not worth a sentence
WORTH_SAYING = 0.12
#: sentences beside what is usual and how long it has been
MOST = 2
#: a gap is like the present one from this share of it on
ALIKE = 0.9
#: with fewer gaps one does not speak of what is usual
USUAL = 2
#: days between bursts that are a season's rather than a deadline's: the fairs of spring and autumn
SEASONS = 150
#: times the longest gap up to which a silence is only a little longer, and times the usual one beyond which that goes
#: without saying
LITTLE = 1.25
PLAIN = 6.0


class _Remark(NamedTuple):
    """A sentence about some features; `warns` is whether it speaks for a silence that lasts."""

    features: tuple[str, ...]
    warns: bool
    sentence: Callable[[Features, Habits, Sequence[int]], str | None]


def _days_before(contacts: Sequence[int], window: int) -> int:
    """Contact days in so many days up to the last one."""
    return len(contacts) - bisect_right(contacts, contacts[-1] - window)


def _thinned(_features: Features, _habits: Habits, contacts: Sequence[int]) -> str | None:
    quarter, year = _days_before(contacts, 90), _days_before(contacts, 365)
    if 6 * quarter > year:  # two thirds of an even share
        return None
    return "contact had been thinning out before"


_REMARKS = (
    _Remark(
        (
            "contacts_then_30",
            "contacts_then_90",
            "contacts_30",
            "contacts_90",
            "touches_then",
            "talks_then_180",
            "weeks_then_90",
        ),
        True,
        _thinned,
    ),
    _Remark(
        ("seen_since", "seen_90", "seen_ago"),
        False,
        lambda features, _h, _c: "you've been on the same emails since" if features.seen_since > 0 else None,
    ),
    _Remark(
        ("active_7", "active_30", "active_90", "owner_silent", "people_30"),
        True,
        lambda _s, habits, _c: (
            "you've written to few people lately" if 12 * habits.active_30 < habits.active_365 else None
        ),
    ),
    _Remark(
        ("same_season", "season_returns"),
        False,
        lambda features, _h, _c: "you were in touch at this time last year" if features.season_returns else None,
    ),
)


def usual_in_words(rhythm: Rhythm) -> str:
    """How often the two are in touch: "you're usually in touch about every 10 days"."""
    if rhythm.gaps < USUAL:
        return ""
    if rhythm.busy:
        return "you're usually in touch several times a week"
    bursts = "in bursts, " if rhythm.bursts and rhythm.usual < SEASONS else ""
    return f"you're usually in touch {bursts}{every(rhythm.usual)}"


def silence_in_words(rhythm: Rhythm, silent: int) -> list[str]:
    """What is usual, what is different now, and whether gaps as long ended before; one clause each."""
    usual = usual_in_words(rhythm)
    now = f"it's been {span(silent)}"
    if not usual:
        return [now]
    if silent > rhythm.longest:
        return [usual, f"{now}{_longest(rhythm, silent)}"]
    if rhythm.longest >= ALIKE * silent and silent > rhythm.usual:
        return [usual, now, "you've had gaps as long before and picked up again"]
    return [usual, now]


def _longest(rhythm: Rhythm, silent: int) -> str:
    """How a silence stands beside the longest before it, where that says more than the usual gap does."""
    if silent <= LITTLE * rhythm.longest:
        return ", a little longer than ever before"
    return "" if silent > PLAIN * rhythm.usual else ", the longest gap so far"


def still_silent_in_words(rhythm: Rhythm, silent: int) -> str:
    """The same silence once more, in other words than the first time."""
    usual = usual_in_words(rhythm).removeprefix("you're usually in touch ")
    now = f"still quiet: it's been {span(silent)}"
    return f"{now}, where {usual} was usual" if usual else f"{now} now"


def remarks(contacts: Sequence[int], features: Features, pushes: Sequence[float], habits: Habits) -> list[str]:
    """What counted most in the model's verdict, where it can be said."""
    push = dict(zip(Features._fields, pushes, strict=True))
    ranked = []
    for remark in _REMARKS:
        weight = sum([push[name] for name in remark.features])
        if abs(weight) >= WORTH_SAYING and (weight > 0) is remark.warns:
            sentence = remark.sentence(features, habits, contacts)
            if sentence is not None:
                ranked.append((abs(weight), sentence))
    ranked.sort(reverse=True)
    return [sentence for _, sentence in ranked[:MOST]]
