"""Quarters of a year, in UTC (pure)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.judgement.facts import day_of

KEY = re.compile(r"(\d{4})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months: `number` is 1 to 4."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """Name it for scripts: 2026-Q3."""
        return f"{self.year}-Q{self.number}"

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self.after.begins

    @property
    def after(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """The one before."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def last_day(self) -> int:
        """Its last UTC day number."""
        return day_of(self.ends) - 1

    @property
    def words(self) -> str:
        """Name it in words: "July to September"."""
        last = self.ends.replace(month=3 * self.number) if self.number < 4 else self.begins.replace(month=12)
        return f"{self.begins:%B} to {last:%B}"


def quarter_of(at: datetime) -> Quarter:
    """Return the quarter a moment lies in."""
    there = at.astimezone(UTC)
    return Quarter(there.year, (there.month + 2) // 3)


def quarter_named(key: str) -> Quarter | None:
    """Return the quarter of a key such as 2026-Q3; None for a key that names none."""
    found = KEY.fullmatch(key)
    return Quarter(int(found[1]), int(found[2])) if found else None
