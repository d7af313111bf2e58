"""Where the history comes from: every account and stream, what became of what was found, and until when it is known."""

from dataclasses import dataclass
from datetime import datetime

from worker.judgement.horizon import NEVER, reaches
from worker.sync.completeness import AccountCount, NotRead, completeness, unreadable
from worker.views.session import View


@dataclass(frozen=True, slots=True)
class Source:
    """One account: its counts (found = kept + skipped + later + unreadable), and until when contact in it is known."""

    count: AccountCount
    known_until: datetime | None  # None: never read to its end, or without sent mail


def sources(view: View) -> list[Source]:
    """List a user's accounts, in order of connecting."""
    known = {reach.address: reach.until for reach in reaches(view.connection, view.user_id, view.now)}
    found = completeness(view.connection, view.user_id)
    return [Source(one, until if (until := known.get(one.account, NEVER)) != NEVER else None) for one in found]


def unread(view: View) -> list[NotRead]:
    """List what could not be read, and why."""
    return unreadable(view.connection, view.user_id)
