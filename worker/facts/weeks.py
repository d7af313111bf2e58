"""A history by weeks: what depth is read from, since depth ages and stages change on Mondays only."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.enums import Touch
from worker.facts.history import ALONE, DIRECT, MEETINGS, OUTWARD, Day

#: what a week of meetings weighs, by the most personal one; a crowd is exposure, not a meeting
MEETING_WEIGHT = {Touch.MET_ONE: 1.0, Touch.MET: 0.6, Touch.INVITED: 0.15}
#: what a week of mail weighs, by whether the two were ever alone in it
MAIL_ALONE = 1.0
MAIL_AMONG = 0.8


@dataclass(slots=True)
class Week:
    """What happened between the two in one week: days are counted once, and a busy week weighs no more than a mail."""

    monday: int
    shared_days: int = 0  # days with any touch, copies and crowds included
    contact_days: int = 0  # days with a direct touch
    alone_days: int = 0
    mail: float = 0.0  # weight
    met: float = 0.0  # weight
    meetings: int = 0
    meetings_alone: int = 0
    first_contact: int = -1
    last_contact: int = -1
    last_meeting: int = -1
    outward: bool = False
    inward: bool = False


def weeks_of(days: Sequence[Day]) -> list[Week]:
    """The weeks in which anything happened, ascending."""
    weeks: list[Week] = []
    week = Week(-7)
    last = last_contact = last_alone = -1
    for day, touch, count in days:
        if day >= week.monday + 7 or not weeks:
            week = Week(day - (day + 3) % 7)
            weeks.append(week)
        if day != last:
            week.shared_days += 1
            last = day
        if touch in DIRECT:
            if day != last_contact:
                week.contact_days += 1
                last_contact = week.last_contact = day
                if week.first_contact < 0:
                    week.first_contact = day
            alone = touch in ALONE
            if alone and day != last_alone:
                week.alone_days += 1
                last_alone = day
            if touch in MEETINGS:
                week.outward = week.inward = True
                week.meetings += count
                week.last_meeting = day
                if alone:
                    week.meetings_alone += count
                week.met = max(week.met, MEETING_WEIGHT[touch])
            else:
                if touch in OUTWARD:
                    week.outward = True
                else:
                    week.inward = True
                week.mail = max(week.mail, MAIL_ALONE if alone else MAIL_AMONG)
        elif touch is Touch.INVITED:
            week.met = max(week.met, MEETING_WEIGHT[touch])
    return weeks
