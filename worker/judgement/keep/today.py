"""What a stored judgement says today, for people where only the silence changes from day to day.

Most people one knows are contacts. Their judgement is made again on Mondays, or when something happens; in between it
follows from when they talked (`Beats`), with what is usual for the user and how far the accounts reach as of today.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import Account
from models.enums import Warmth
from models.judgement import StoredAssessment, UserHabits
from worker.judgement.assessment import Assessment
from worker.judgement.facts import Beats, Habits, at_day, day_of
from worker.judgement.horizon import Horizon, Reach, horizon_of
from worker.judgement.pause import Pause, blind, by_days, without_roots
from worker.storage.bulk import change

ENCODE = msgspec.json.Encoder().encode
DECODE = msgspec.json.Decoder(Beats).decode
DECODE_HABITS = msgspec.json.Decoder(Habits).decode
DECODE_REACH = msgspec.json.Decoder(list[tuple[int, int]]).decode


@dataclass(frozen=True, slots=True)
class Today:
    """What is usual for the user as of a day, and how far each account reached then (a day is fine enough)."""

    habits: Habits
    reach: Collection[Reach]

    def horizon(self, connection: Connection, user_id: int, people: Collection[str] | None) -> Horizon:
        """Say until when contact with these people, or with everyone, is known."""
        reach = [Reach(one.account_id, one.address, one.file, _whole(one.until), one.newest) for one in self.reach]
        return horizon_of(connection, user_id, reach, people)

    def pause(self, beats: Beats) -> Pause:
        """Say how long a pair that was ever in touch has been silent."""
        return Pause.of(beats.last, self.habits.day, beats.rhythm(self.habits), self.habits)


def _whole(at: datetime) -> datetime:
    return at_day(day_of(at))


def basis_of(reach: Collection[Reach], rules: str) -> str:
    """Write what every judgement stands on: the rules, and how far each account reaches."""
    return f"{rules} {ENCODE([(one.account_id, day_of(one.until)) for one in reach]).decode()}"


def stored_today(connection: Connection, user_id: int) -> Today | None:
    """Read the day that the stored judgements are as of; None before any was made."""
    found = connection.execute(
        select(UserHabits.basis, UserHabits.document).where(UserHabits.user_id == user_id)
    ).one_or_none()
    if found is None or " " not in found.basis:
        return None
    accounts = connection.execute(select(Account.id, Account.address).where(Account.user_id == user_id))
    addresses = {row.id: row.address for row in accounts}
    days = DECODE_REACH(found.basis.partition(" ")[2])
    return Today(
        DECODE_HABITS(found.document),
        [Reach(one, addresses[one], False, at_day(day), at_day(day)) for one, day in days if one in addresses],
    )


def told_today(
    found: Assessment, beats: Beats, today: Today, known_until: datetime | None, *, complete: bool
) -> Assessment:
    """Return a judgement as it would be made today; where silence proves nothing it still says how long it is."""
    pause = today.pause(beats)
    standing = without_roots(pause, known_until)
    said = found.warmth is Warmth.RESTING or not complete
    return replace(
        found,
        warmth=found.warmth if said else standing.warmth,
        reasons=found.reasons if said else standing.reasons,
        usual_gap_days=round(pause.rhythm.usual, 1) if found.occasions > 1 else None,
        silent_days=pause.days,
        awake_days=pause.awake,
        rhythm=pause.rhythm,
    )


def renew(connection: Connection, user_id: int, today: Today) -> None:
    """Bring the warmth of all of them up to a new day: lists ask for it."""
    stored = StoredAssessment
    horizon = today.horizon(connection, user_id, None)
    rows: Any = connection.execute(
        select(stored.person, stored.warmth, stored.beats).where(
            stored.user_id == user_id,
            stored.beats.is_not(None),
            stored.beats != b"",
            ~stored.incomplete,
            stored.warmth != Warmth.RESTING,
        )
    )
    news = []
    for person, warmth, beats in rows:
        pause = today.pause(DECODE(beats))
        turned = Warmth.UNKNOWN if blind(pause, horizon.of(person)) else by_days(pause)
        if turned != warmth:
            news.append((turned, user_id, person))
    change(connection, stored, ("warmth",), ("user_id", "person"), news)
