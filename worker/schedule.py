"""The scheduler: one at a time, by a turn in the database; each tick asks what is due and tells the queue."""

import threading
from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError

from worker.actors import Actors, name_of_worker
from worker.db import writing
from worker.due import ask_streams, due_accounts, due_users, take_turn
from worker.leases import release_dead
from worker.runtime import Runtime

#: Seconds between two ticks.
TICK = 15.0
#: A scheduler that has not been heard of for this long has lost its turn.
TURN = timedelta(seconds=60)

log = structlog.get_logger()


def tick(runtime: Runtime, actors: Actors, holder: str) -> int:
    """Ask the queue for everything that is due; returns how many messages were sent, 0 without the turn."""
    now = runtime.clock()
    with writing(runtime.engine) as connection:
        if not take_turn(connection, "schedule", holder, now, TURN):
            return 0
        release_dead(connection, now)
        accounts = due_accounts(connection, now)
        streams = ask_streams(connection, now)
        users = due_users(connection, now)
    for account in accounts:
        actors.discover.send(account)
    for stream, user in streams:
        actors.read.send(stream, user)
    for user in users:
        actors.settle.send(user)
    return len(accounts) + len(streams) + len(users)


def keep_ticking(runtime: Runtime, actors: Actors, stop: threading.Event, *, every: float = TICK) -> None:
    """Tick until told to stop; a database that is away for a while is waited for."""
    holder = name_of_worker()
    while not stop.is_set():
        try:
            sent = tick(runtime, actors, holder)
            log.info("tick", sent=sent)
        except OperationalError as error:
            log.warning("the database does not answer; trying again", error=str(error.orig))
        stop.wait(every)
