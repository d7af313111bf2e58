"""A history by weeks: what depth is read from, since depth ages and stages change on Mondays only."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from models.enums import Touch
from worker.judgement.facts.history import AGREED, ALONE, COPIES, DIRECT, MEETINGS, OUTWARD, Day

#: the weight of a week with a meeting, by the most personal one; a crowd is exposure, not a meeting
MEETING_WEIGHT = {Touch.MET_ONE: 1.0, Touch.EXPECTED: 0.6, Touch.MET: 0.6, Touch.TALKED: 0.6, Touch.INVITED: 0.15}
#: the weight of a week with mail, by whether the two were ever alone in it
MAIL_ALONE = 1.0
MAIL_AMONG = 0.8
#: days in which the weight of a week with mail (and of a day in common), and of a week with a meeting, halves
MAIL_HALF_LIFE = 180
MEETING_HALF_LIFE = 270
#: days of the spans in which contact is counted as a month
MONTH = 28


class Week(NamedTuple):
    """A week in which something happened, with all that is known at its end: every count includes the weeks before.

    A day is counted once, however much happened on it; a week counts no more than its best mail and its best meeting.
    """

    monday: int
    shared: int = 0  # days with any touch, copies and crowds included
    contact: int = 0  # days with a direct touch
    alone: int = 0  # days on which the two were alone
    months: int = 0
    meetings: int = 0
    meetings_alone: int = 0
    mail: float = 0.0  # weeks, each halved every MAIL_HALF_LIFE days until this Monday
    met: float = 0.0  # likewise
    common: float = 0.0  # days with any touch, each halved every MAIL_HALF_LIFE days until this Monday
    copied: float = 0.0  # days on which one copied the other, each way, likewise
    first: int = -1  # the first day with a direct touch
    last: int = -1
    last_shared: int = -1  # the last day with any touch
    last_meeting: int = -1
    outward: bool = False
    inward: bool = False


def _kind(touch: Touch) -> tuple[float, bool, bool, bool, bool, bool, bool]:
    """Say what a touch is: its weight, whether a copy, direct, between the two alone, a meeting, of the one, the other.

    Of a meeting both had a word, unless they never answered.
    """
    private, meeting, direct = touch in ALONE, touch in MEETINGS, touch in DIRECT
    mail = (MAIL_ALONE if private else MAIL_AMONG) if direct else 0.0
    inward = touch in AGREED if meeting else direct and touch not in OUTWARD
    outward = meeting or (direct and touch in OUTWARD)
    return MEETING_WEIGHT.get(touch, mail), touch in COPIES, direct, private, meeting, outward, inward


#: What each touch is: looked up once a day of contact.
_KINDS = {touch: _kind(touch) for touch in Touch}


def weeks_of(days: Sequence[Day]) -> list[Week]:
    """The weeks in which anything happened, ascending."""
    # one long loop on purpose: it passes every day of every history, and calls would cost more than what they do
    weeks: list[Week] = []
    made = tuple.__new__  # what Week(...) ends in, without the way there
    shared = contact = alone = months = meetings = meetings_alone = before = 0
    mail = met = common = copied = 0.0
    first = last = last_meeting = last_shared = last_alone = last_month = -1
    outward = inward = False
    for begins, touches in groupby(days, key=_begins):
        kept = 2.0 ** (-(begins - before) / MAIL_HALF_LIFE)
        mail, common, copied = mail * kept, common * kept, copied * kept
        met *= 2.0 ** (-(begins - before) / MEETING_HALF_LIFE)
        before = begins
        best_mail = best_meeting = 0.0  # of this week
        for day, touch, count in touches:
            if day != last_shared:
                shared += 1
                common += 1.0
                last_shared = day
            weight, copy, direct, private, meeting, out, in_ = _KINDS[touch]
            if not direct:
                copied += copy
                if weight > best_meeting:  # an invitation
                    met += weight - best_meeting
                    best_meeting = weight
                continue
            if day != last:
                contact += 1
                last = day
                if first < 0:
                    first = day
                if begins // MONTH != last_month:
                    last_month = begins // MONTH
                    months += 1
            if private and day != last_alone:
                alone += 1
                last_alone = day
            outward = outward or out
            inward = inward or in_
            if not meeting:
                if weight > best_mail:
                    mail += weight - best_mail
                    best_mail = weight
                continue
            meetings += count
            last_meeting = day
            if private:
                meetings_alone += count
            if weight > best_meeting:
                met += weight - best_meeting
                best_meeting = weight
        weeks.append(made(Week, (
            begins, shared, contact, alone, months, meetings, meetings_alone, mail, met, common, copied,
            first, last, last_shared, last_meeting, outward, inward,
        )))  # fmt: skip
    return weeks


def _begins(day: Day) -> int:
    return day[0] - (day[0] + 3) % 7
