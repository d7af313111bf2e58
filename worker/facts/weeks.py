"""A history by weeks: what depth is read from, since depth ages and stages change on Mondays only."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.enums import Touch
from worker.facts.history import ALONE, DIRECT, MEETINGS, OUTWARD, Day

#: what a week with a meeting weighs, by the most personal one; a crowd is exposure, not a meeting
MEETING_WEIGHT = {Touch.MET_ONE: 1.0, Touch.MET: 0.6, Touch.INVITED: 0.15}
#: what a week with mail weighs, by whether the two were ever alone in it
MAIL_ALONE = 1.0
MAIL_AMONG = 0.8
#: days in which the weight of a week with mail, and of one with a meeting, halves
MAIL_HALF_LIFE = 180
MEETING_HALF_LIFE = 270
#: days of the spans in which contact is counted as a month
MONTH = 28


@dataclass(slots=True)
class Week:
    """A week in which something happened, with all that is known at its end: every count includes the weeks before.

    A day is counted once, however much happened on it; a week weighs no more than its best mail and its best meeting.
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
    first: int = -1  # the first day with a direct touch
    last: int = -1
    last_meeting: int = -1
    outward: bool = False
    inward: bool = False


def weeks_of(days: Sequence[Day]) -> list[Week]:
    """The weeks in which anything happened, ascending."""
    weeks: list[Week] = []
    week = Week(-7)
    last = last_alone = month = -1
    mail = met = 0.0  # the weight of the week so far
    for day, touch, count in days:
        if day >= week.monday + 7 or not weeks:
            monday = day - (day + 3) % 7
            gone = monday - week.monday
            # spelled out: dataclasses.replace takes five times as long
            week = Week(
                monday,
                week.shared,
                week.contact,
                week.alone,
                week.months,
                week.meetings,
                week.meetings_alone,
                week.mail * 2.0 ** (-gone / MAIL_HALF_LIFE),
                week.met * 2.0 ** (-gone / MEETING_HALF_LIFE),
                week.first,
                week.last,
                week.last_meeting,
                week.outward,
                week.inward,
            )
            weeks.append(week)
            mail = met = 0.0
        if day != last:
            week.shared += 1
            last = day
        weight = MEETING_WEIGHT.get(touch, 0.0)
        if weight > met:
            week.met += weight - met
            met = weight
        if touch not in DIRECT:
            continue
        alone = touch in ALONE
        if day != week.last:
            week.contact += 1
            week.last = day
            if week.first < 0:
                week.first = day
            if week.monday // MONTH != month:
                month = week.monday // MONTH
                week.months += 1
        if alone and day != last_alone:
            week.alone += 1
            last_alone = day
        if touch in MEETINGS:
            week.outward = week.inward = True
            week.meetings += count
            week.meetings_alone += count if alone else 0
            week.last_meeting = day
            continue
        weight = MAIL_ALONE if alone else MAIL_AMONG
        if weight > mail:
            week.mail += weight - mail
            mail = weight
        if touch in OUTWARD:
            week.outward = True
        else:
            week.inward = True
    return weeks
