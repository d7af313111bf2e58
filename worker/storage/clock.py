"""Which clock counts: where several machines share a PostgreSQL database, its clock; else the machine's own."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

#: Seconds after which the database is asked for the time again: it may have been set right, or be another one now.
ASK_AGAIN = 60.0

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """How long something takes, and how it is waited for: in seconds, whatever the clock is set to."""

    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


STOPWATCH = Stopwatch()


def wall_clock() -> datetime:
    """Read the machine's clock: the only place where time is not an argument."""
    return datetime.now(UTC)


class DatabaseClock:
    """The time as the database has it, so that processes agree on leases and on what is due, whatever their own says.

    Asked once a minute; in between, what this process has measured since is added.
    """

    def __init__(self, engine: Engine, every: float = ASK_AGAIN) -> None:
        """Ask for the first time.

        Raises:
            OperationalError: the database does not answer.
        """
        self.engine = engine
        self.every = every
        self._answer = self._ask()

    def __call__(self) -> datetime:
        """Say what time it is; a database that does not answer just now is asked at the next call."""
        answer, asked = self._answer
        if time.monotonic() - asked > self.every:
            with suppress(DBAPIError):
                answer, asked = self._answer = self._ask()
        return answer + timedelta(seconds=time.monotonic() - asked)

    def _ask(self) -> tuple[datetime, float]:
        with self.engine.connect() as connection:
            answer: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return answer.astimezone(UTC), time.monotonic()


def clock_of(engine: Engine) -> Clock:
    """Choose the clock of an installation."""
    return DatabaseClock(engine) if engine.dialect.name == "postgresql" else wall_clock
