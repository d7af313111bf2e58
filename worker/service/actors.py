"""The Dramatiq actors: messages carry ids, not data, and doing one twice does no harm."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dramatiq import Actor, Broker, Message, actor
from dramatiq.middleware import Retries

from connectors.errors import ConnectorError
from worker.accounts.store import UnknownAccount
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.digest.deliver.errors import NotSent
from worker.queue.broker import ASSESS, BACKFILL, FETCH, FIRST, LAST, SEND, leaving
from worker.queue.dead_letters import DeadLetters
from worker.queue.due import Asked, accept, ask_again, ask_on, ask_streams
from worker.queue.worker_id import worker_id
from worker.service.locks import discover_if_due, one_at_a_time
from worker.service.sent_mail import look_at_sent_mail
from worker.storage.transactions import writing
from worker.sync.recompute import recompute
from worker.sync.stream import read_stream
from worker.sync.trouble import Outcome

#: Seconds one message may read before the next one goes on: no stream starves behind a large one.
SPAN = 10.0
#: Milliseconds until an account that was just being asked is asked for something else.
SHORTLY = 2000

#: Who looks at the user's own sent mail.
SENT_MAIL = (look_at_sent_mail,)

log = Logger(__name__)


@dataclass(frozen=True)
class Actors:
    """What can be asked of the queue."""

    discover: Actor[Any, Any]  # account id: look for streams, then read those that are due
    read: Actor[Any, Any]  # stream id: what is new in it
    backfill: Actor[Any, Any]  # stream id: a part of what takes longer; others go first
    recompute: Actor[Any, Any]  # user id: interactions -> people -> assessments
    digest: Actor[Any, Any]  # user id: send the digest that is due, if any
    audit: Actor[Any, Any]  # stream id: compare what is stored with what the provider lists
    tell: Actor[Any, Any]  # user id: notify webhooks and the like of what has happened
    subscribe: Actor[Any, Any]  # account id: have the provider send notifications
    organization: Actor[Any, Any]  # organization id: joiners, leavers, and who has opted out

    def reading(self, asked: Asked) -> Message[Any]:
        """Ask for a stream to be read, so that the news of small accounts need not wait for large backfills."""
        reader = self.backfill if asked.unfinished else self.read
        return reader.message(asked.stream_id, asked.user_id, generation=asked.generation)


def register(broker: Broker, runtime: Runtime, span: float = SPAN) -> Actors:
    """Declare the actors on a broker, each reading for so many seconds; queues are separate by cost."""
    broker.add_middleware(DeadLetters(runtime), before=Retries)
    stop = leaving(broker)

    def read_on(stream_id: int, user_id: int, *, generation: int) -> None:
        begun = time.monotonic()
        done = read_for_a_while(
            runtime, stream_id, generation, lambda: stop.is_set() or time.monotonic() - begun > span
        )
        if done is None:
            return
        log.info("read", stream=stream_id, outcome=done.outcome.value, seconds=round(time.monotonic() - begun, 3))
        if done.outcome is Outcome.MORE:  # people are looked at when there is no more, or by the next tick
            with writing(runtime.engine) as connection:
                following = ask_on(connection, stream_id, runtime.clock())
            actors.backfill.send(stream_id, user_id, generation=following)
        elif done.outcome is not Outcome.BUSY:
            actors.recompute.send(user_id)
            ask_for(runtime, broker, actors, done.account_id)  # those that found the account too busy

    @actor(broker=broker, actor_name="keepwarm.discover", queue_name=FETCH, priority=FIRST)
    def look(account_id: int) -> None:
        if discover_if_due(runtime, account_id):
            ask_for(runtime, broker, actors, account_id)

    actors = Actors(
        discover=look,
        read=actor(broker=broker, actor_name="keepwarm.read", queue_name=FETCH, priority=FIRST)(read_on),
        backfill=actor(broker=broker, actor_name="keepwarm.backfill", queue_name=BACKFILL, priority=LAST)(read_on),
        recompute=_recomputing(broker, runtime),
        digest=_sending(broker, runtime),
        tell=_notifying(broker, runtime),
        audit=_auditing(broker, runtime),
        subscribe=_subscribing(broker, runtime),
        organization=_looking_after(broker, runtime),
    )
    return actors


def _recomputing(broker: Broker, runtime: Runtime) -> Actor[Any, Any]:
    @actor(broker=broker, actor_name="keepwarm.recompute", queue_name=ASSESS)
    def recompute_user(user_id: int) -> None:
        with one_at_a_time(runtime, f"recompute:{user_id}") as mine:
            if mine:  # else another worker does it, and what it has missed is found by the next tick
                log.info("recomputed", user=user_id, assessed=recompute(runtime, user_id))

    return recompute_user


def _sending(broker: Broker, runtime: Runtime) -> Actor[Any, Any]:
    @actor(broker=broker, actor_name="keepwarm.digest", queue_name=SEND, throws=(NotSent,))
    def digest(user_id: int) -> None:
        # what composes and writes digests is loaded only where one is sent: reading files never needs it
        from worker.digest.compose import compose
        from worker.digest.deliver.send import send_due
        from worker.digest.history import note

        with one_at_a_time(runtime, f"digest:{user_id}") as mine:
            if mine:
                log.info("digest", user=user_id, outcome=send_due(runtime, user_id, compose, note).value)

    return digest


def _notifying(broker: Broker, runtime: Runtime) -> Actor[Any, Any]:
    @actor(broker=broker, actor_name="keepwarm.tell", queue_name=SEND)
    def tell(user_id: int) -> None:
        from worker.outlets.deliver import deliver_due  # as above

        with one_at_a_time(runtime, f"tell:{user_id}") as mine:
            if mine:
                log.info("told", user=user_id, taken=deliver_due(runtime, user_id))

    return tell


def _subscribing(broker: Broker, runtime: Runtime) -> Actor[Any, Any]:
    @actor(broker=broker, actor_name="keepwarm.subscribe", queue_name=FETCH)
    def subscribe(account_id: int) -> None:
        from worker.sync.push import renew_subscription  # as above

        with one_at_a_time(runtime, f"account:{account_id}") as mine:
            if mine:
                renew_subscription(runtime, account_id)
            else:  # someone looks for its streams just now
                subscribe.send_with_options(args=(account_id,), delay=SHORTLY)

    return subscribe


def _auditing(broker: Broker, runtime: Runtime) -> Actor[Any, Any]:
    @actor(broker=broker, actor_name="keepwarm.audit", queue_name=BACKFILL, priority=LAST)
    def compare(stream_id: int) -> None:
        audit_stream(runtime, stream_id)

    return compare


def _looking_after(broker: Broker, runtime: Runtime) -> Actor[Any, Any]:
    @actor(broker=broker, actor_name="keepwarm.organization", queue_name=FETCH)
    def organization(organization_id: int) -> None:
        from worker.organizations.upkeep import look_after  # as above

        with one_at_a_time(runtime, f"organization:{organization_id}") as mine, suppress(UnknownAccount):
            if mine:
                log.info("organization", organization=organization_id, trouble=look_after(runtime, organization_id))

    return organization


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a stream came to."""

    account_id: int
    outcome: Outcome


def read_for_a_while(runtime: Runtime, stream_id: int, generation: int, enough: Callable[[], bool]) -> Reading | None:
    """Read a stream until it is up to date, or until `enough` says that others should go first.

    Args:
        runtime: the installation.
        stream_id: which stream.
        generation: the request that this reading answers; an older one than the stream's own is dropped.
        enough: asked after each page.

    Returns:
        What came of it; None if the request is no longer wanted.
    """
    with writing(runtime.engine) as connection:
        account_id = accept(connection, stream_id, generation, runtime.clock())
    if account_id is None:
        return None
    try:
        return Reading(account_id, read_stream(runtime, stream_id, worker_id(), enough, SENT_MAIL))
    except Exception:
        with writing(runtime.engine) as connection:  # else the retry would find that no one asks any more
            ask_again(connection, stream_id, generation, runtime.clock())
        raise


def audit_stream(runtime: Runtime, stream_id: int) -> None:
    """Compare a stream with its provider, and log what came of it."""
    from worker.sync.audit import audit  # as above

    try:
        found = audit(runtime, stream_id, worker_id(), SENT_MAIL)
    except ConnectorError as error:  # the next reading meets it too, and reports it
        log.warning("audit", stream=stream_id, error=type(error).__name__)
        return
    if found is not None:
        log.info("audit", stream=stream_id, compared=found.compared, mended=found.mended)


def ask_for(runtime: Runtime, broker: Broker, actors: Actors, account_id: int) -> None:
    """Ask the queue for what is due in an account."""
    with writing(runtime.engine) as connection:
        wanted = ask_streams(connection, runtime.clock(), account_id=account_id)
    for each in wanted:
        broker.enqueue(actors.reading(each))
