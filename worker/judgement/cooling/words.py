"""The verdict of the cold model in words and facts: what is usual, how it stands now, and what weighed most."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from worker.judgement.cooling.features import Features
from worker.judgement.facts import Facts, Habits, gaps_of
from worker.wording.spans import every, span

#: days: a gap worth telling of
LONG = 30
#: log odds: what pushes less is not worth a sentence
WORTH_SAYING = 0.12
#: log(1 + months): with more months of contact in a year every season is theirs
HALF_THE_YEAR = math.log1p(6)
#: sentences beside what is usual and who wrote last
MOST = 2


class _Remark(NamedTuple):
    """A sentence about some signs; `warns` is whether it speaks for a silence that lasts."""

    features: tuple[str, ...]
    warns: bool
    sentence: Callable[[Features, Habits, Sequence[int]], str | None]


def _days_before(contacts: Sequence[int], window: int) -> int:
    """Contact days in so many days up to the last one."""
    return len(contacts) - bisect_right(contacts, contacts[-1] - window)


def _thinned(_signs: Features, _habits: Habits, contacts: Sequence[int]) -> str | None:
    quarter, year = _days_before(contacts, 90), _days_before(contacts, 365)
    if 6 * quarter > year:  # two thirds of an even share
        return None
    return f"contact had thinned out: {_count(quarter, 'day')} in the three months before, {year} in the year"


def _lively(_signs: Features, _habits: Habits, contacts: Sequence[int]) -> str | None:
    return f"you were in touch on {_count(_days_before(contacts, 90), 'day')} in the three months before"


_REMARKS = (
    _Remark(
        ("contacts_then_30", "contacts_then_90", "contacts_30", "contacts_90", "touches_then"),
        True,
        _thinned,
    ),
    _Remark(
        ("contacts_then_30", "contacts_then_90", "contacts_30", "contacts_90", "touches_then"),
        False,
        _lively,
    ),
    _Remark(
        ("seen_since", "seen_90", "seen_ago"),
        False,
        lambda features, _h, _c: "you have been on the same mail since" if features.seen_since > 0 else None,
    ),
    _Remark(
        ("seen_since", "seen_90", "seen_ago"),
        True,
        lambda features, _h, _c: (
            "not even a shared mail since" if features.seen_since == 0 and features.seen_then > 0 else None
        ),
    ),
    _Remark(
        ("active_7", "active_30", "active_90", "owner_silent", "people_30"),
        True,
        lambda _s, habits, _c: (
            f"you have written to few people lately ({habits.people_30} in a month)"
            if 12 * habits.active_30 < habits.active_365
            else None
        ),
    ),
    _Remark(
        ("silences_lasting",),
        True,
        lambda _s, habits, _c: (
            _share(habits, habits.silences_lasted, "lasted") if habits.silences_lasted > habits.silences_ended else None
        ),
    ),
    _Remark(
        ("silences_lasting",),
        False,
        lambda _s, habits, _c: (
            _share(habits, habits.silences_ended, "ended by themselves")
            if habits.silences_ended > habits.silences_lasted
            else None
        ),
    ),
    _Remark(
        ("same_season", "season_returns"),
        False,
        lambda features, _h, _c: (
            "at this time last year you two were in touch"
            if features.season_returns and features.months_then < HALF_THE_YEAR
            else None
        ),
    ),
    _Remark(
        ("alone_then", "alone_last"),
        True,
        lambda features, _h, _c: "you two were never alone in the last year" if features.alone_then == 0 else None,
    ),
)


def silence_in_words(
    facts: Facts, contacts: Sequence[int], features: Features, contributions: Sequence[float], habits: Habits
) -> list[str]:
    """The sentences: what is usual and how long it is silent, earlier silences, who wrote last, what weighed most."""
    usual, silent = every(float(facts["usual_gap_days"])), span(float(facts["silent_days"]))
    sentences = [f"you two are usually in touch {usual}, now silent for {silent}", _earlier(contacts)]
    if facts["they_touched_last"]:
        sentences.append("they wrote last")
    elif facts["you_touched_last"]:
        sentences.append("you wrote last")
    push = dict(zip(Features._fields, contributions, strict=True))
    probability_of = []
    for remark in _REMARKS:
        weight = sum([push[name] for name in remark.features])
        if abs(weight) >= WORTH_SAYING and (weight > 0) is remark.warns:
            sentence = remark.sentence(features, habits, contacts)
            if sentence is not None:
                probability_of.append((abs(weight), sentence))
    probability_of.sort(reverse=True)
    return sentences + [sentence for _, sentence in probability_of[:MOST]]


def _earlier(contacts: Sequence[int]) -> str:
    long = [gap for gap in gaps_of(contacts) if gap >= LONG]
    if not long:
        return "never before silent for a month or more"
    if len(long) == 1:
        return f"one earlier silence of a month or more ended by itself, after {span(long[0])}"
    return f"{len(long)} earlier silences of a month or more ended by themselves, the longest after {span(max(long))}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _share(habits: Habits, number: int, what: str) -> str | None:
    watched = habits.silences_lasted + habits.silences_ended
    return f"of {watched} such silences with others last year {number} {what}" if watched >= 5 else None
