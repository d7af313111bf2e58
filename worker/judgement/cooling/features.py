"""The signs the cold model reads: plain numbers from a pair's touches and the owner's habits, in one fixed order."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from models.enums import Touch
from worker.judgement.facts import (
    ALONE,
    DIRECT,
    INWARD,
    OUTWARD,
    Conversation,
    Day,
    Habits,
    gaps_of,
    quantile,
    silence_limit,
    year_gaps,
)

YEAR = 365
MONTH = 30
#: returns from a silence: more of them prove no more
MANY = 8
#: times the long gap between conversations that are out of all proportion, even for a pair that always came back
BEYOND = 2.0
#: days: longer ago is as good as never
NEVER = 400


class Features(NamedTuple):
    """One silence as the model sees it: counts and days as log(1 + x); "then" is the year up to the last contact."""

    silence: float  # log of the days since the last contact
    remaining: float  # days until this silence would be a lasting one, a month at least
    towards_limit: float  # share of the way to the pair's limit (1.5 times its long gap, 60-180 days)
    against_usual_gap: float  # log of the silence to the median gap
    long_gap: float
    last_gap: float
    contacts_then_30: float  # contact days in the 30, 90 and 365 days up to the last one
    contacts_then_90: float
    contacts_then_365: float
    contacts_30: float  # contact days in the last 30 and 90 days
    contacts_90: float
    months_then: float  # 30-day spans with contact
    ended_14: float  # earlier silences of so many days that ended by themselves, MANY at most
    ended_30: float
    ended_60: float
    ended_90: float
    alone_then: float  # days on which the two were alone
    alone_last: float  # 1 if the last contact was between the two alone
    touches_then: float
    seen_90: float  # days on the same mail without speaking to each other
    seen_ago: float
    seen_since: float
    seen_then: float
    copied_90: float  # days on which the owner copied them
    copied_then: float
    they_last: float  # 1 if the last mail came from them
    same_season: float  # contact days at this time last year, from a week before to two months after
    known_a_year: float  # 1 if there was a last year
    season_returns: float  # 1 if there was contact at this time last year
    active_7: float  # days on which the owner wrote to or met anyone
    active_30: float
    active_90: float
    active_365: float
    owner_silent: float
    owner_known: float
    people_30: float  # people the owner was in touch with
    people_90: float
    people_365: float
    touches_365: float
    new_90: float  # people the owner was in touch with for the first time
    new_365: float
    talk_gap_long: float  # nine of ten gaps between conversations of two years are shorter
    talk_gap_beyond: float  # log of how often the silence is BEYOND times that long gap; 0 within it
    gaps_as_long: float  # log share of the pair's gaps that lasted as long as this silence has
    talks_then_180: float  # conversations begun in the 180 days up to the last contact
    talks_two_way: float  # of the last MANY conversations, those in which both had a word
    last_talk_two_way: float  # 1 if both had a word in the last conversation
    last_talk_days: float
    last_talk_contacts: float
    weeks_then_90: float  # 7-day spans with contact
    weeks_then_365: float
    months_steady: float  # share of the months known, up to the last contact, that had contact
    alone_share: float  # share of the contact days on which the two were alone
    known: float  # since the first contact
    silences_lasting: float  # log odds that silences of the owner's pairs lasted, in the last year, drawn to even


def features_of(
    days: Sequence[Day], contacts: Sequence[int], talks: Sequence[Conversation], habits: Habits, today: int
) -> Features:
    """Read the signs as of `today`; all days lie before it or on it.

    Args:
        days: all touches, sorted by day.
        contacts: their distinct contact days, ascending, not empty.
        talks: their conversations, in order.
        habits: the owner's, as of today.
        today: a UTC day number.
    """
    log = math.log1p
    last = contacts[-1]
    silent = max(1, today - last)
    then = year_gaps(contacts)
    limit = silence_limit(then)
    season = bisect_left(contacts, today - YEAR + 60) - bisect_left(contacts, today - YEAR - 7)
    known_a_year = contacts[0] < today - YEAR
    gaps = sorted(gaps_of(contacts))
    return Features(
        silence=math.log(silent),
        remaining=log(max(float(MONTH), limit - silent)),
        towards_limit=silent / limit,
        against_usual_gap=math.log(silent / ((quantile(then, 0.5) if then else MONTH) + 5.0)),
        long_gap=log(quantile(then, 0.9) if then else 60.0),
        **_contacts(contacts, gaps, today),
        **_exposure(days, last, today),
        **_talks(talks, last, silent),
        **_persistence(contacts, gaps, talks[-1].begins, silent, today),
        same_season=log(season),
        known_a_year=float(known_a_year),
        season_returns=float(known_a_year and season > 0),
        **_owner(habits),
    )


def _contacts(contacts: Sequence[int], gaps: Sequence[int], today: int) -> dict[str, float]:
    """The signs that count contact days, up to the last one and up to today, and the ascending gaps between them."""
    log = math.log1p
    last, count = contacts[-1], len(contacts)
    year = bisect_left(contacts, last - YEAR)
    return {
        "last_gap": log(last - contacts[-2] if count - year > 1 else 60),
        "contacts_then_30": log(count - bisect_left(contacts, last - 29)),
        "contacts_then_90": log(count - bisect_left(contacts, last - 89)),
        "contacts_then_365": log(count - bisect_left(contacts, last - 364)),
        "contacts_30": log(count - bisect_left(contacts, today - 30)),
        "contacts_90": log(count - bisect_left(contacts, today - 90)),
        "months_then": log(len({(last - day) // MONTH for day in contacts[year:]})),
        "ended_14": log(min(MANY, len(gaps) - bisect_left(gaps, 14))),
        "ended_30": log(min(MANY, len(gaps) - bisect_left(gaps, 30))),
        "ended_60": log(min(MANY, len(gaps) - bisect_left(gaps, 60))),
        "ended_90": log(min(MANY, len(gaps) - bisect_left(gaps, 90))),
    }


@lru_cache(maxsize=8)
def _owner(habits: Habits) -> dict[str, float]:
    """The signs that say what is usual for the owner."""
    log = math.log1p
    return {
        "active_7": log(habits.active_7),
        "active_30": log(habits.active_30),
        "active_90": log(habits.active_90),
        "active_365": log(habits.active_365),
        "owner_silent": log(min(habits.silent_days, NEVER)),
        "owner_known": log(habits.known_days),
        "people_30": log(habits.people_30),
        "people_90": log(habits.people_90),
        "people_365": log(habits.people_365),
        "touches_365": log(habits.touches_365),
        "new_90": log(habits.new_90),
        "new_365": log(habits.new_365),
        "silences_lasting": math.log((habits.silences_lasted + 2) / (habits.silences_ended + 2)),
    }


def _talks(talks: Sequence[Conversation], last: int, silent: int) -> dict[str, float]:
    """The signs that speak of conversations: their gaps, and what became of the last one."""
    log = math.log1p
    newest = talks[-1]
    lately = max(1, bisect_left(talks, (last - 2 * YEAR + 1,)))
    recent = sorted(gaps_of([one.begins for one in talks[lately - 1 :]]))
    long = log(quantile(recent, 0.9) if recent else MONTH)
    return {
        "talk_gap_long": long,
        "talk_gap_beyond": max(0.0, math.log(silent) - long - math.log(BEYOND)),
        "talks_then_180": log(len(talks) - bisect_left(talks, (last - 179,))),
        "talks_two_way": log(len([one for one in talks[-MANY:] if one.outward and one.inward])),
        "last_talk_two_way": float(newest.outward and newest.inward),
        "last_talk_days": log(newest.ends - newest.begins),
    }


def _persistence(
    contacts: Sequence[int], gaps: Sequence[int], begins: int, silent: int, today: int
) -> dict[str, float]:
    """The signs that say how steadily the two have been in touch, by days and their ascending gaps.

    The last conversation began on day `begins`.
    """
    log = math.log1p
    last, first = contacts[-1], contacts[0]
    year, quarter = (contacts[bisect_left(contacts, last - days + 1) :] for days in (YEAR, 90))
    return {
        "gaps_as_long": math.log((len(gaps) - bisect_left(gaps, silent) + 0.5) / (len(gaps) + 1)),
        "last_talk_contacts": log(len(contacts) - bisect_left(contacts, begins)),
        "weeks_then_90": log(len({(last - day) // 7 for day in quarter})),
        "weeks_then_365": log(len({(last - day) // 7 for day in year})),
        "months_steady": len({day // MONTH for day in contacts}) / (1 + (last - first) // MONTH),
        "known": log(today - first),
    }


def _exposure(days: Sequence[Day], last: int, today: int) -> dict[str, float]:
    """The signs that need the kinds of touches, from the year up to the last contact and what came after it."""
    oldest = last - YEAR
    alone: set[int] = set()
    direct: set[int] = set()
    seen: set[int] = set()
    copied: set[int] = set()
    touches = 0
    last_in = last_out = -1
    for day, touch, count in reversed(days):
        if day < oldest:
            break
        if touch in DIRECT:
            touches += count
            direct.add(day)
            if touch in ALONE:
                alone.add(day)
            if touch in INWARD:
                last_in = max(last_in, day)
            elif touch in OUTWARD:
                last_out = max(last_out, day)
        elif touch is Touch.OUT_COPY:
            copied.add(day)
        else:
            seen.add(day)
    log = math.log1p
    privately, directly = (len(found) - (oldest in found) for found in (alone, direct))  # after the oldest day
    return {
        "alone_then": log(privately),
        "alone_share": privately / max(1, directly),
        "alone_last": float(last in alone),
        "touches_then": log(touches),
        "seen_90": log(len([day for day in seen if day >= today - 90])),
        "seen_ago": log(min(today - max(seen), NEVER) if seen else NEVER),
        "seen_since": log(len([day for day in seen if day > last])),
        "seen_then": log(len([day for day in seen if oldest < day <= last])),
        "copied_90": log(len([day for day in copied if day >= today - 90])),
        "copied_then": log(len([day for day in copied if oldest < day <= last])),
        "they_last": float(last_in > last_out),
    }
