"""Until when someone said to be away: a date in the subject of their automatic reply (pure)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from worker.judgement.facts import Absence, day_of

#: words before the day of return, or the last day of leave: English, German, French, Spanish, Italian
UNTIL = (
    r"(?:until|till|through|back (?:on|in)?|returning(?: on)?|bis(?: zum| einschl\.?| einschließlich)?|zurück (?:am|ab)"
    r"|wieder (?:am|ab|da)|jusqu['\u2019]au|de retour le|retour le|hasta el|hasta|vuelvo el|fino al|rientro il)"
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero gennaio", "february feb februar février fevrier febrero febbraio",
            "march mar märz maerz mars marzo", "april apr avril abril aprile", "may mai mayo maggio",
            "june jun juni juin junio giugno", "july jul juli juillet julio luglio",
            "august aug août aout agosto", "september sep sept septembre septiembre settembre",
            "october oct oktober okt octobre octubre ottobre", "november nov novembre noviembre",
            "december dec dezember dez décembre decembre diciembre dicembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
DATES = tuple(
    re.compile(rf"{UNTIL}\s*:?\s*(?:\w+day,? )?{date}", re.IGNORECASE)
    for date in (
        r"(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        rf"{DAY}[./](?P<month>\d{{1,2}})(?:[./](?P<year>(?:20)?\d\d))?",
        rf"(?:the )?{DAY}\s*(?:of |de )?(?P<name>[^\W\d_]{{3,10}})\.?(?:,? (?:de )?(?P<year>20\d\d))?",
        rf"(?P<name>[^\W\d_]{{3,10}})\.? {DAY}(?:,? (?P<year>20\d\d))?",
    )
)
#: how long after a leave its end is a reason to write: first they have their own mail to read
BACK = timedelta(days=30)
#: no one is on leave for longer, as far as a subject is believed
LONGEST = timedelta(days=400)


class Leave(NamedTuple):
    """From when on someone is known to be away, and until when; aware UTC."""

    since: datetime
    until: datetime

    @property
    def days(self) -> Absence:
        """The days on which nothing could be expected of them."""
        return Absence(day_of(self.since), day_of(self.until) - 1)


def lately(leaves: Mapping[str, Iterable[Leave]], now: datetime) -> dict[str, datetime]:
    """Return until when each is away, or was until shortly before `now`."""
    latest = {person: max(leave.until for leave in each) for person, each in leaves.items()}
    return {person: until for person, until in latest.items() if until > now - BACK}


def away_until(subject: str, at: datetime) -> datetime | None:
    """Read the day until which someone is away; None where a subject names none that can be meant.

    Args:
        subject: of an automatic reply, as it came: anyone may have written it.
        at: when it was written, aware UTC; a day without a year is the next such day.
    """
    for pattern in DATES:
        if found := pattern.search(subject[:200]):
            said = found.groupdict()
            month = MONTHS.get((said.get("name") or "").casefold()) or int(said.get("month") or 0)
            until = _next(int(said["day"]), month, said.get("year"), at)
            if until is not None:
                return until
    return None


def _next(day: int, month: int, year: str | None, at: datetime) -> datetime | None:
    years = (int(year) % 2000 + 2000,) if year else (at.year, at.year + 1)
    for one in years:
        try:
            until = datetime(one, month, day, tzinfo=UTC) + timedelta(days=1)
        except ValueError:
            continue
        if at < until <= at + LONGEST:
            return until
    return None
