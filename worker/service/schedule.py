"""The scheduler: only one runs, by a lock in the database; each tick asks what is due and queues it."""

import threading
from collections.abc import Callable
from datetime import timedelta

from dramatiq import Broker
from sqlalchemy.exc import OperationalError

from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.digest.deliver.readiness import due_digests, with_a_way
from worker.organizations.record import due_organizations
from worker.outlets.deliver import users_with_outlets
from worker.queue.broker import ASSESS, BACKFILL, FETCH, silence, waiting
from worker.queue.dead_letters import recently_failed, task
from worker.queue.due import ask_streams, due_accounts, due_users, release_lock, take_lock
from worker.queue.leases import release_dead
from worker.queue.worker_id import worker_id
from worker.service.actors import Actors
from worker.service.maintenance import Maintenance
from worker.storage.clock_reset import reset_future_timestamps
from worker.storage.outages import reason
from worker.storage.transactions import writing
from worker.sync.audit import due_audits
from worker.sync.push import due_subscriptions

#: A scheduler that has not been heard of for this long has lost its lock.
HELD_FOR = timedelta(seconds=60)
NAME = "schedule"
SILENT_QUEUE = "the queue does not answer"

log = Logger(__name__)


def tick(runtime: Runtime, broker: Broker, actors: Actors, holder: str) -> int | None:
    """Ask the queue for everything that is due; returns how many messages were sent, None without the lock.

    Raises:
        Exception: one of `silence()`: the broker does not answer; everything is still due at the next tick.
    """
    now = runtime.clock()
    # empty queues have either been worked off or been lost: whatever is still due is asked for again
    lost = waiting(broker, FETCH) + waiting(broker, BACKFILL) == 0
    crowded = waiting(broker, ASSESS) > 0  # those who still wait to be settled need not be asked for again
    with writing(runtime.engine) as connection:
        release_dead(connection, now)
        if not take_lock(connection, NAME, holder, now, HELD_FOR):
            return None
        if reset_future_timestamps(connection, now):
            log.warning("the clock was days ahead and has been set back: everything is looked at again")
        postponed = recently_failed(connection, now)
        wanted = [actors.discover.message(account) for account in due_accounts(connection, now)]
        wanted += map(actors.reading, ask_streams(connection, now, lost=lost))
        wanted += [actors.audit.message(*stream) for stream in due_audits(connection, now)]
        wanted += [
            actors.subscribe.message(*account) for account in due_subscriptions(connection, runtime.settings, now)
        ]
        wanted += [actors.organization.message(each) for each in due_organizations(connection, now)]
        wanted += [actors.recompute.message(user) for user in ([] if crowded else due_users(connection, now))]
        wanted += [actors.tell.message(user) for user in users_with_outlets(connection)]
        sending = with_a_way(connection, runtime.settings)
        wanted += [actors.digest.message(user) for user in due_digests(connection, now) if user in sending]
    sent = 0
    for message in wanted:
        if task(message.actor_name, *message.args) not in postponed:
            broker.enqueue(message)
            sent += 1
    return sent


def keep_ticking(
    runtime: Runtime,
    broker: Broker,
    actors: Actors,
    stop: threading.Event,
    *,
    every: float,
    beat: Callable[[str], None] = lambda _: None,
) -> None:
    """Tick until asked to stop, then release the lock; wait while the database or the broker is away.

    After each tick `beat` gets what was in its way, "" if nothing.
    """
    holder, upkeep = worker_id(), Maintenance(runtime)
    while not stop.is_set():
        try:
            sent = tick(runtime, broker, actors, holder)
            log.info("tick", sent=sent, turn=sent is not None)
            if sent is not None:
                upkeep.step()
            beat("")
        except OperationalError as error:
            log.warning("cannot tick; trying again", reason=reason(error), error=type(error.orig).__name__)
            beat(reason(error))
        except silence() as error:
            log.warning("cannot tick; trying again", reason=SILENT_QUEUE, error=type(error).__name__)
            beat(SILENT_QUEUE)
        stop.wait(every)
    try:
        with writing(runtime.engine) as connection:
            release_lock(connection, NAME, holder)
    except OperationalError as error:
        log.warning("another scheduler may begin in a minute", reason=reason(error))
