"""What every worker process must know of an account's pace: its pause, and what its mail has just spent.

Both are kept in the database. A stream has one reader at a time, so that what it has spent goes from reader to reader
with its lease; a pause concerns all streams at once, so that everyone looks before each request.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account
from models.base import moment
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing

#: A longer pause is not waited out by a worker process that has other accounts to read, in seconds.
PATIENCE = 5.0

Usage = list[tuple[float, int]]

_decode = msgspec.json.Decoder(Usage).decode


@dataclass(frozen=True, slots=True)
class AccountPause:
    """The pause of an account, in its row."""

    runtime: Runtime
    account_id: int

    def left(self) -> float:
        """The seconds that are left of it; none or fewer if there is none."""
        with reading(self.runtime.engine) as connection:
            until = connection.scalar(select(Account.paused_until).where(Account.id == self.account_id))
        return (until - self.runtime.clock()).total_seconds() if until else 0.0

    def extend(self, seconds: float) -> None:
        """Let it last for so long from now; a longer one that is already running stays."""
        with writing(self.runtime.engine) as connection:
            pause(connection, self.account_id, self.runtime.clock(), seconds)


def pause(connection: Connection, account_id: int, now: datetime, seconds: float) -> datetime:
    """Let an account rest for so long; a longer pause that is running stays. Returns the end of this one."""
    until = moment(math.ceil(now.timestamp() + seconds))  # times are whole seconds: never a part of one too early
    connection.execute(
        update(Account)
        .where(Account.id == account_id, or_(Account.paused_until.is_(None), Account.paused_until < until))
        .values(paused_until=until)
    )
    return until


def encode_usage(spent: Usage) -> str | None:
    """Write what was spent, rounded to later seconds, into a stream's row."""
    sums: dict[int, int] = {}
    for at, units in spent:
        second = math.ceil(at)
        sums[second] = sums.get(second, 0) + units
    return msgspec.json.encode(sorted(sums.items())).decode() if sums else None


def decode_usage(text: str | None) -> Usage:
    """Read what was encode_usage."""
    return _decode(text) if text else []
