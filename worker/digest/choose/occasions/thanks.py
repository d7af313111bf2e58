"""When an introduction took root and the introducer doesn't know: a thank-you is due, once (pure)."""

from datetime import datetime, timedelta

from models.enums import Touch, Warmth
from worker.digest.choose.choice import Candidate
from worker.judgement.facts import day_of

#: how long after an introduction a thank-you is still suggested, and how fresh the contact must be, in days
EXPIRES = timedelta(days=180)
FRESH = 45


def unthanked(new: Candidate, friend: Candidate, now: datetime) -> datetime | None:
    """Say when someone was introduced whose introducer has not heard of it; None if no thank-you is due.

    It is due once the two met, or each wrote on several occasions. Any word to the introducer since settles it: an
    email in To, Cc or Bcc, a meeting, or a talk.
    """
    at = new.history.introduced_at
    if at is None or now - at > EXPIRES or not (new.relates and friend.relates):
        return None
    if new.assessment.silent_days is None or new.assessment.silent_days > FRESH:
        return None
    if new.assessment.warmth is Warmth.RESTING:
        return None
    said = (friend.history.last_out_at, friend.history.last_met_at, friend.history.last_talked_at)
    copied = any(touch is Touch.OUT_COPY and day >= day_of(at) for day, touch, _ in friend.history.days)
    return None if copied or any(word is not None and word > at for word in said) else at


def thanks_because(new: Candidate, friend: Candidate, at: datetime, now: datetime) -> str:
    """Say what happened; the introduced person is named by their key."""
    month = f"{at:%B}" if at.year == now.year else f"{at:%B %Y}"
    met = new.history.last_met_at
    since = "you two have met since" if met is not None and met > at else "you two have been in touch since"
    return f"{friend.name or 'They'} introduced you to {new.person} in {month}, and {since}."
