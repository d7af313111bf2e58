"""Deliver events to every outlet of a user: each once, and again later where it was not accepted."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.access import Notice, Outlet
from models.base import seconds
from models.judgement import StoredDigest
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.app.secrets.vault import WrongKey
from worker.app.users import used_by_one
from worker.digest.compose import compose
from worker.digest.deliver.readiness import due_digests, with_a_way
from worker.digest.history import remember
from worker.digest.looking_back import season_digest
from worker.network.season.quarters import quarter_named
from worker.outlets.call import NotDelivered, notify
from worker.outlets.happened import Happened, happened
from worker.outlets.keep import Event, Kind, address_of
from worker.storage.bulk import put
from worker.storage.transactions import reading, writing
from worker.views.session import viewing
from worker.wording.errors.sentence import sentence

#: How long after each try the next one comes; after the last an event is given up.
AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))

log = Logger(__name__)


def users_with_outlets(connection: Connection) -> list[int]:
    """Name the users who have an outlet."""
    return list(connection.scalars(select(Outlet.user_id).distinct().order_by(Outlet.user_id)))


def deliver_due(runtime: Runtime, user_id: int) -> int:
    """Note what has happened, and deliver what is due; returns how many deliveries were accepted."""
    make_digest(runtime, user_id)
    known = note_events(runtime, user_id)
    alone, delivered = used_by_one(runtime.engine), 0
    with reading(runtime.engine) as connection:
        due = connection.execute(
            select(Outlet.__table__, Notice.event, Notice.tries)
            .join(Notice, (Notice.user_id == Outlet.user_id) & (Notice.outlet == Outlet.id))
            .where(Outlet.user_id == user_id, Notice.due_at <= runtime.clock())
            .order_by(Notice.at, Notice.event)
        ).all()
    for row in due:
        event = known.get(row.event)
        trouble = _deliver(runtime, row, event, alone=alone) if event is not None else None
        _note(runtime, row, trouble)
        delivered += event is not None and trouble is None
    return delivered


def make_digest(runtime: Runtime, user_id: int) -> None:
    """Make the digest that is due for a user who gets none by email, where an outlet waits for it."""
    with reading(runtime.engine) as connection:
        wanted = connection.scalars(select(Outlet.events).where(Outlet.user_id == user_id)).all()
        if not any(Event.DIGEST.value in events.split() for events in wanted):
            return
        if user_id in with_a_way(connection, runtime.settings):
            return
        due = due_digests(connection, runtime.clock()).get(user_id, [])
        made = select(StoredDigest.period).where(StoredDigest.user_id == user_id, StoredDigest.period.in_(due))
        missing = set(due) - set(connection.scalars(made))
    for period in sorted(missing):
        quarter = quarter_named(period)
        if quarter is not None:
            remember(runtime, user_id, season_digest(runtime, user_id, quarter, runtime.clock()))
        elif (digest := compose(runtime, user_id, runtime.clock())).period == period:
            remember(runtime, user_id, digest)


def note_events(runtime: Runtime, user_id: int, *, already_sent: bool = False) -> dict[str, Happened]:
    """Note for every outlet of a user what stands now and was not noted, with `already_sent` as delivered.

    Returns:
        All events that stand now, by name.
    """
    now = runtime.clock()
    with viewing(runtime, user_id) as view:
        outlets = view.connection.execute(select(Outlet.id, Outlet.events).where(Outlet.user_id == user_id)).all()
        kinds = {Event(kind) for row in outlets for kind in row.events.split()}
        known = {event.name: event for event in happened(view, kinds)}
    rows = [
        (user_id, row.id, name, seconds(now), None if already_sent else seconds(now))
        for row in outlets
        for name, event in known.items()
        if event.kind.value in row.events.split()
    ]
    if rows:
        with writing(runtime.engine) as connection:
            put(
                connection,
                Notice,
                ("user_id", "outlet", "event", "at", "due_at"),
                rows,
                "ON CONFLICT (user_id, outlet, event) DO NOTHING",
            )
    return known


def _deliver(runtime: Runtime, row: Any, event: Happened, *, alone: bool) -> str | None:
    """Deliver one event; returns why the outlet did not accept it, in one sentence."""
    try:
        notify(Kind(row.kind), address_of(runtime, row), event, runtime.clock(), alone=alone)
    except (NotDelivered, WrongKey) as error:
        log.info("an outlet did not take an event", outlet=row.id, about=event.kind.value)
        return sentence(error)
    return None


def _note(runtime: Runtime, row: Any, trouble: str | None) -> None:
    """Note that an event was delivered, or when it is tried again."""
    due: datetime | None = None
    if trouble is not None and row.tries < len(AGAIN):
        due = runtime.clock() + AGAIN[row.tries]
    own = (Notice.user_id == row.user_id, Notice.outlet == row.id, Notice.event == row.event)
    with writing(runtime.engine) as connection:
        connection.execute(update(Notice).where(*own).values(due_at=due, tries=row.tries + 1))
        mine = (Outlet.user_id == row.user_id, Outlet.id == row.id)
        connection.execute(update(Outlet).where(*mine).values(trouble=trouble))
