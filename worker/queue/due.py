"""What is due: asked of the database, never of the queue."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account, Lock, StreamState, User
from models.base import seconds
from models.history import Sighting
from models.judgement import UserHabits
from models.people import Address, Person
from worker.storage.bulk import chunks, put

#: What was asked of the queue and has not begun after this long is asked again: the queue may have lost it.
ASK_AGAIN = timedelta(seconds=60)
#: How often an account is asked whether it has new streams.
DISCOVER = timedelta(hours=1)
#: seconds
DAY = 86_400


class Asked(NamedTuple):
    """A stream that is to be read; `unfinished` ones may take long. `generation` names the request: taken once."""

    stream_id: int
    user_id: int
    unfinished: bool
    generation: int


def due_streams(connection: Connection, now: datetime, account_id: int | None = None) -> list[Asked]:
    """Name the streams that may be read now, the one that has waited longest first."""
    state = StreamState
    wanted: list[ColumnElement[Any]] = [
        ~state.retired,
        Account.state == "active",
        or_(Account.paused_until.is_(None), Account.paused_until <= now),
        or_(state.due_at.is_(None), state.due_at <= now),
        or_(state.leased_until.is_(None), state.leased_until <= now),
    ]
    if account_id is not None:
        wanted.append(state.account_id == account_id)
    rows = connection.execute(
        select(state.id, state.user_id, state.unfinished, state.generation)
        .join(Account, Account.id == state.account_id)
        .where(*wanted)
        .order_by(state.due_at.is_not(None), state.due_at, state.id)
    )
    return [Asked(*row) for row in rows]


def ask_streams(
    connection: Connection, now: datetime, *, lost: bool = False, account_id: int | None = None
) -> list[Asked]:
    """Choose the due streams the queue has not been asked for lately, and note that it is asked now.

    With `lost`, what was asked lately is asked again: the queue has forgotten it. What was asked in a future that has
    not come, by a clock that was set back since, is asked again, too.
    """
    lately = StreamState.asked_at.between(now - ASK_AGAIN, now + ASK_AGAIN)
    asked = set() if lost else set(connection.scalars(select(StreamState.id).where(lately)))
    wanted = [each for each in due_streams(connection, now, account_id) if each.stream_id not in asked]
    for part in chunks([each.stream_id for each in wanted]):
        connection.execute(update(StreamState).where(StreamState.id.in_(part)).values(asked_at=now))
    return wanted


def accept(connection: Connection, stream_id: int, generation: int, now: datetime) -> int | None:
    """Take up what was asked of a stream; returns its account, or None if there is nothing to do (any more).

    Each request is accepted once: messages that came twice, or were asked for again while they waited, are dropped.
    """
    state = StreamState
    ready = select(Account.id).where(
        Account.id == state.account_id,
        Account.state == "active",
        or_(Account.paused_until.is_(None), Account.paused_until <= now),
    )
    return connection.scalar(
        update(state)
        .where(
            state.id == stream_id,
            state.generation == generation,
            state.asked_at.is_not(None),
            ~state.retired,
            or_(state.due_at.is_(None), state.due_at <= now),
            ready.exists(),
        )
        .values(asked_at=None, generation=generation + 1)
        .returning(state.account_id)
    )


def ask_on(connection: Connection, stream_id: int, now: datetime) -> int | None:
    """Note that the queue is asked to go on with a stream; returns the request's generation, None if it is gone."""
    asked = update(StreamState).where(StreamState.id == stream_id).values(asked_at=now)
    return connection.scalar(asked.returning(StreamState.generation))


def ask_again(connection: Connection, stream_id: int, generation: int, now: datetime) -> None:
    """Note that the queue will repeat a reading that went wrong."""
    connection.execute(
        update(StreamState).where(StreamState.id == stream_id).values(asked_at=now, generation=generation)
    )


def due_accounts(connection: Connection, now: datetime, account_id: int | None = None) -> list[int]:
    """Name the accounts whose streams should be looked for again; with `account_id`, that one if it is due."""
    wanted: list[ColumnElement[Any]] = [
        Account.state == "active",
        or_(Account.discovered_at.is_(None), Account.discovered_at < now - DISCOVER),
        or_(Account.paused_until.is_(None), Account.paused_until <= now),
    ]
    if account_id is not None:
        wanted.append(Account.id == account_id)
    return list(connection.scalars(select(Account.id).where(*wanted).order_by(Account.id)))


def due_users(connection: Connection, now: datetime) -> list[int]:
    """Name the users with something needs_recompute, or someone to assess."""
    return list(
        connection.scalars(
            select(User.id)
            .where(
                or_(
                    exists().where(and_(Sighting.user_id == User.id, Sighting.stale)),
                    exists().where(and_(Address.user_id == User.id, Address.touched)),
                    exists().where(and_(Person.user_id == User.id, Person.due_at <= now)),
                    # what is usual for them has to be found as of today
                    exists().where(and_(UserHabits.user_id == User.id, UserHabits.day < seconds(now) // DAY)),
                )
            )
            .order_by(User.id)
        )
    )


def take_lock(connection: Connection, name: str, holder: str, now: datetime, span: timedelta) -> bool:
    """Take, or keep, the lock on something only one process does at a time; False if another has it."""
    put(
        connection,
        Lock,
        ("name", "held_by", "until"),
        [(name, holder, seconds(now + span))],
        "ON CONFLICT (name) DO UPDATE SET held_by = excluded.held_by, until = excluded.until "
        f"WHERE locks.held_by = excluded.held_by OR locks.until <= {seconds(now)}",
    )
    return connection.scalar(select(Lock.held_by).where(Lock.name == name)) == holder


def release_lock(connection: Connection, name: str, holder: str) -> None:
    """Release a lock, if it is still ours."""
    connection.execute(delete(Lock).where(Lock.name == name, Lock.held_by == holder))
