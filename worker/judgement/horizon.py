"""Known until: how far the accounts of a user reach. What came later was not seen, so a silence past it proves nothing.

An account that is read again and again is known until its last complete reading; files are known until the newest thing
in them; and of files without sent mail it is never known what the user wrote.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.engine import Connection

from models.accounts import Account, StreamState
from models.enums import FILES, Channel, Direction
from models.history import Interaction, Participation
from models.people import Address
from worker.storage.bulk import chunks
from worker.storage.conditions import USER

#: Before anything can have been known.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one account reaches."""

    account_id: int
    address: str
    file: bool
    until: datetime  # NEVER: what the user wrote is not in it
    newest: datetime  # the newest thing in it, sent mail or not


class Extent(NamedTuple):
    """What has been read: whether it is everything the accounts hold, and how far each of them reaches."""

    complete: bool
    reach: list[Reach]


def reaches(connection: Connection, user_id: int, now: datetime) -> list[Reach]:
    """How far each account of a user reaches, as of `now`; those never read to their end reach nowhere yet."""
    return extent(connection, user_id, now).reach


def extent(connection: Connection, user_id: int, now: datetime) -> Extent:
    """Say how far each account reaches, and whether all has been read: else a silence proves nothing."""
    return extent_of(connection, user_id, now, connection.execute(streams_read(), {"user": user_id}).all())


def extent_of(connection: Connection, user_id: int, now: datetime, rows: Sequence[Any]) -> Extent:
    """Say the same by rows as `streams_read` asks for them."""
    open_ends = any(row.state == "needs_person" or (row.state == "active" and row.unfinished) for row in rows)
    found = []
    accounts = {row.id: (row.address, row.provider) for row in rows}
    for account_id, (address, provider) in accounts.items():
        own = [row for row in rows if row[0] == account_id]
        file = provider in FILES
        moments = [at for row in own if (at := row.newest_at if file else row.synced_at) is not None]
        if not moments:
            continue
        newest = min(now, max(moments) if file else min(moments))
        one_sided = file and _only_received(connection, user_id, address)
        found.append(Reach(account_id, address, file, NEVER if one_sided else newest, newest))
    return Extent(not open_ends, found)


@cache
def streams_read() -> Select[Any]:
    """Ask how far each stream of each account was read."""
    asked: Any = select(
        Account.id, Account.address, Account.provider, StreamState.synced_at, StreamState.newest_at, Account.state,
        StreamState.unfinished,
    )  # fmt: skip
    asked = asked.join(StreamState, StreamState.account_id == Account.id)
    asked = asked.where(Account.user_id == USER, ~StreamState.retired)
    return asked.order_by(Account.id, StreamState.id)  # type: ignore[no-any-return]


@cache
def _mail(direction: Direction) -> Select[Any]:
    asked: Any = select(Interaction.id).where(
        Interaction.user_id == USER, Interaction.account == bindparam("account"),
        Interaction.channel == Channel.EMAIL, Interaction.direction == direction,
    )  # fmt: skip
    return asked.limit(1)  # type: ignore[no-any-return]


def _only_received(connection: Connection, user_id: int, address: str) -> bool:
    """Whether an account shows mail that came in and none that went out."""

    def any_mail(direction: Direction) -> bool:
        return connection.execute(_mail(direction), {"user": user_id, "account": address}).first() is not None

    return not any_mail(Direction.OUT) and any_mail(Direction.IN)


class Horizon:
    """Until when each person's contact is known: by the accounts they were seen in."""

    def __init__(self, found: Iterable[Reach], seen: dict[str, set[str]]) -> None:
        """Take the reach of each account, and the accounts each person was seen in where these differ."""
        self._until: dict[str, datetime] = {}
        for reach in found:
            self._until[reach.address] = max(reach.until, self._until.get(reach.address, NEVER))
        self._seen = seen

    def of(self, person: str) -> datetime | None:
        """Until when a person's contact is known; None where no account says."""
        known = [self._until[address] for address in self._seen.get(person, self._until) if address in self._until]
        return max(known, default=None)


def seen_until(connection: Connection, user_id: int, now: datetime) -> datetime:
    """Until when anything that happened has been seen, at most `now`."""
    return newest_of(reaches(connection, user_id, now), now)


def newest_of(found: Iterable[Reach], now: datetime) -> datetime:
    """Until when anything that happened has been seen, by how far the accounts reach."""
    return max((reach.newest for reach in found), default=now)


def horizon_of(
    connection: Connection, user_id: int, found: Collection[Reach], people: Collection[str] | None = None
) -> Horizon:
    """Until when contact with everyone, or with `people`, is known, by how far the accounts reach."""
    if len({reach.until for reach in found}) < 2:
        return Horizon(found, {})
    return Horizon(found, _seen_in(connection, user_id, people))


def _seen_in(connection: Connection, user_id: int, people: Collection[str] | None) -> dict[str, set[str]]:
    """The accounts that each person was seen in."""
    asked = (
        select(Address.person, Interaction.account)
        .join(Participation, (Participation.user_id == user_id) & (Participation.address == Address.number))
        .join(Interaction, Interaction.number == Participation.interaction)
        .where(Address.user_id == user_id, Address.person.is_not(None))
        .distinct()
    )
    parts = [asked] if people is None else [asked.where(Address.person.in_(part)) for part in chunks(sorted(people))]
    seen: dict[str, set[str]] = {}
    for part in parts:
        for person, account in connection.execute(part):
            seen.setdefault(str(person), set()).add(account)
    return seen
