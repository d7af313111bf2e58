"""How a reader wants the digest: on which day and at which hour where they live, or never."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import NEVER, User

#: The fewest and the most people that a digest can be asked to name.
FEWEST, MOST = 1, 10
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class DigestPreferences:
    """`weekday`: 0 is Monday, anything outside 0 to 6 is never; `hour` (0 to 23) is the reader's own, in `zone`.

    `budget`: how many people a digest names at most.
    """

    weekday: int
    hour: int
    zone: str
    budget: int = 5

    @property
    def wanted(self) -> bool:
        """Whether any digest is."""
        return 0 <= self.weekday < len(DAYS)

    def __str__(self) -> str:
        """Say it: "Mondays at 07:00 (Europe/Berlin)", or "never"."""
        return f"{DAYS[self.weekday]}s at {self.hour:02}:00 ({self.zone})" if self.wanted else "never"


def preferences_of(connection: Connection, user_id: int) -> DigestPreferences:
    """Read what a user wants."""
    row = connection.execute(
        select(User.digest_weekday, User.digest_hour, User.zone, User.digest_budget).where(User.id == user_id)
    ).one()
    return DigestPreferences(row.digest_weekday, row.digest_hour, row.zone, row.digest_budget)


def set_preferences(
    connection: Connection,
    user_id: int,
    now: datetime,
    *,
    wanted: bool | None = None,
    weekday: int | None = None,
    hour: int | None = None,
    zone: str | None = None,
) -> DigestPreferences:
    """Change what a user wants, and give it; what is None stays. A day means that digests are wanted."""
    before = preferences_of(connection, user_id)
    if weekday is None and wanted is not None and wanted != before.wanted:
        weekday = 0 if wanted else NEVER
    values: dict[str, Any] = {"digest_weekday": weekday, "digest_hour": hour, "zone": zone}
    values = {name: value for name, value in values.items() if value is not None} | {"preferences_set_at": now}
    connection.execute(update(User).where(User.id == user_id).values(**values))
    return preferences_of(connection, user_id)


def change_budget(connection: Connection, user_id: int, by: int) -> int:
    """Have a digest name that many people more (or fewer), within bounds; returns how many it named before."""
    before = preferences_of(connection, user_id).budget
    budget = min(MOST, max(FEWEST, before + by))
    connection.execute(update(User).where(User.id == user_id).values(digest_budget=budget))
    return before
