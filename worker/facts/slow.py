"""The facts of depth: what the weeks of a pair say of its roots, as of a Monday."""

from collections.abc import Sequence

from worker.facts.history import date_of
from worker.facts.weeks import Week
from worker.rules.book import Value

#: days in which the weight of a week of mail, and of a week with a meeting, halves
MAIL_HALF_LIFE = 180
MEETING_HALF_LIFE = 270
_WEEKS = 53 * 60
_MAIL = tuple(2.0 ** (-7 * age / MAIL_HALF_LIFE) for age in range(_WEEKS))
_MET = tuple(2.0 ** (-7 * age / MEETING_HALF_LIFE) for age in range(_WEEKS))


def slow_facts(weeks: Sequence[Week], clock: int, *, introduced: bool) -> dict[str, Value]:
    """What the weeks up to `clock` say; ages are counted from that Monday, later touches of its week have age nought.

    Args:
        weeks: in which anything happened, ascending, none after the one that begins at `clock`.
        clock: a Monday as UTC day number. Depth changes only when something happens or a Monday comes.
        introduced: whether somebody brought the two together.
    """
    shared = contact = contact_year = contact_month = alone_year = 0
    meetings = meetings_year = meetings_alone_year = 0
    outward = inward = False
    first = last = last_meeting = -1
    mail = met = 0.0
    months: set[int] = set()
    months_year: set[int] = set()
    for week in weeks:
        age = min((clock - week.monday) // 7, _WEEKS - 1)
        shared += week.shared_days
        met += week.met * _MET[age]
        if not week.contact_days:
            continue
        mail += week.mail * _MAIL[age]
        contact += week.contact_days
        meetings += week.meetings
        outward = outward or week.outward
        inward = inward or week.inward
        last = week.last_contact
        if first < 0:
            first = week.first_contact
        if week.last_meeting >= 0:
            last_meeting = week.last_meeting
        month = week.monday // 28
        months.add(month)
        if age <= 52:
            contact_year += week.contact_days
            alone_year += week.alone_days
            meetings_year += week.meetings
            meetings_alone_year += week.meetings_alone
            months_year.add(month)
            if age <= 4:
                contact_month += week.contact_days
    return {
        "two_way": outward and inward,
        "days_known": float(max(0, clock - first)) if first >= 0 else 0.0,
        "shared_days": float(shared),
        "contact_days": float(contact),
        "contact_days_year": float(contact_year),
        "contact_days_month": float(contact_month),
        "alone_days_year": float(alone_year),
        "meetings": float(meetings),
        "meetings_year": float(meetings_year),
        "meetings_alone_year": float(meetings_alone_year),
        "months_active": float(len(months)),
        "months_active_year": float(len(months_year)),
        "mail_strength": mail,
        "meeting_strength": met,
        "last_touch_age": float(max(0, clock - last)) if last >= 0 else 0.0,
        "introduced": introduced,
        "last_meeting": date_of(last_meeting) if last_meeting >= 0 else "",
        "known_since": date_of(first)[:7] if first >= 0 else "",
    }
