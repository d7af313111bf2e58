"""The facts of depth: what the weeks of a pair say of its roots, as of a Monday."""

from bisect import bisect_left
from collections.abc import Sequence

from worker.judgement.facts.history import date_of
from worker.judgement.facts.values import Value
from worker.judgement.facts.weeks import MAIL_HALF_LIFE, MEETING_HALF_LIFE, Week

#: days: "this year" is this week and the 52 before, "this month" this week and the 4 before
YEAR = 52 * 7
MONTH = 4 * 7
#: what was known before anything happened
_NOTHING = Week(0)


def slow_facts(weeks: Sequence[Week], clock: int, *, introduced: bool, upto: int | None = None) -> dict[str, Value]:
    """What the weeks say, aged as of the Monday `clock`.

    Depth changes only when something happens or a Monday comes: what happens in the week of `clock` has age zero.

    Args:
        weeks: in which anything happened, ascending, none after the one that begins at `clock`.
        clock: a Monday as UTC day number.
        introduced: whether someone brought the two together.
        upto: look at so many of the weeks only.
    """
    count = len(weeks) if upto is None else upto
    now = weeks[count - 1] if count else _NOTHING
    # what had been known before the year and the month began
    i = bisect_left(weeks, (clock - YEAR,), 0, count)
    year = weeks[i - 1] if i else _NOTHING
    i = bisect_left(weeks, (clock - MONTH,), i, count)
    month = weeks[i - 1] if i else _NOTHING
    gone = clock - now.monday if count else 0
    kept = 2.0 ** (-gone / MAIL_HALF_LIFE)
    return {
        "two_way": now.outward and now.inward,
        "days_known": float(max(0, clock - now.first)) if now.first >= 0 else 0.0,
        "shared_days": float(now.shared),
        "contact_days": float(now.contact),
        "contact_days_year": float(now.contact - year.contact),
        "contact_days_month": float(now.contact - month.contact),
        "alone_days_year": float(now.alone - year.alone),
        "meetings": float(now.meetings),
        "meetings_year": float(now.meetings - year.meetings),
        "meetings_alone_year": float(now.meetings_alone - year.meetings_alone),
        "months_active": float(now.months),
        "months_active_year": float(now.months - year.months),
        "mail_strength": now.mail * kept,
        "common_strength": now.common * kept,
        "copied_strength": now.copied * kept,
        "meeting_strength": now.met * 2.0 ** (-gone / MEETING_HALF_LIFE),
        "last_touch_age": float(max(0, clock - now.last)) if now.last >= 0 else 0.0,
        "last_common_age": float(max(0, clock - now.last_shared)) if now.last_shared >= 0 else 0.0,
        "introduced": introduced,
        "last_meeting": date_of(now.last_meeting) if now.last_meeting >= 0 else "",
        "known_since": date_of(now.first)[:7] if now.first >= 0 else "",
    }
