"""What all series that are read together may take: time and memory grow with the text alone."""

from datetime import UTC, datetime, timedelta

AHEAD = timedelta(days=400)  # how far endless series are expanded beyond now
MOST_IN_SERIES = 10_000  # occurrences; of more the last are kept
MOST_PLACES_IN_SERIES = 200_000  # people invited, each counted once an occurrence
MOST_OCCURRENCES = 200_000  # in all that is read together; what repeats beyond them is shown once
MOST_PLACES = 1_000_000
MOST_PERIODS = 3_000_000  # years, months, weeks or days looked at for rules
MOST_PERIODS_IN_SERIES = 120_000  # every day of the years that are read


class Allowance:
    """What is left for all of them."""

    def __init__(self, now: datetime) -> None:
        """Lay out up to AHEAD of `now`."""
        self.end = now.astimezone(UTC) + AHEAD
        self.periods = MOST_PERIODS
        self._occurrences = MOST_OCCURRENCES
        self._places = MOST_PLACES

    def spender(self) -> "Spender":
        """Return one series' share of the periods that may be looked at."""
        return Spender(self)

    def most(self, invited: int) -> int:
        """Say how many occurrences a series with so many invited may have."""
        each = max(invited, 1)
        return min(MOST_IN_SERIES, MOST_PLACES_IN_SERIES // each, self._occurrences, self._places // each)

    def take(self, count: int, invited: int) -> None:
        """Note that so many occurrences were given."""
        self._occurrences = max(0, self._occurrences - count)
        self._places = max(0, self._places - count * invited)


class Spender:
    """The periods that one series may look at; `spent` once it wanted more."""

    def __init__(self, allowance: Allowance) -> None:
        """Take them from what is left for all."""
        self._allowance = allowance
        self._left = MOST_PERIODS_IN_SERIES
        self.spent = False

    def __call__(self) -> bool:
        """Look at one more; False if there were too many."""
        self._left -= 1
        self._allowance.periods -= 1
        self.spent = self.spent or self._left < 0 or self._allowance.periods < 0
        return not self.spent
