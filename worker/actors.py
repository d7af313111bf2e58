"""The Dramatiq actors: messages carry ids, not data, and doing one twice does no harm."""

import os
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog
from dramatiq import Actor, Broker, actor

from connectors.errors import ConnectorError
from worker.accounts import UnknownAccount
from worker.connecting import discover
from worker.db import reading
from worker.due import due_streams
from worker.reader import Outcome, note_account_trouble, read_stream
from worker.runtime import Runtime
from worker.settle import settle

#: Seconds one message may read before the next gets its turn: no stream starves behind a large one.
TURN = 10.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Actors:
    """What can be asked of the queue."""

    discover: Actor[Any, Any]  # account id: look for streams, then read those that are due
    read: Actor[Any, Any]  # stream id: one turn
    settle: Actor[Any, Any]  # user id: interactions -> people -> assessments


def name_of_worker() -> str:
    """Name this worker in leases and logs."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def register(broker: Broker, runtime: Runtime) -> Actors:
    """Declare the actors on a broker; queues are separate by cost."""

    @actor(broker=broker, actor_name="keepwarm.settle", queue_name="assess")
    def settle_user(user_id: int) -> None:
        log.info("settled", user=user_id, assessed=settle(runtime, user_id))

    @actor(broker=broker, actor_name="keepwarm.read", queue_name="fetch")
    def read(stream_id: int, user_id: int) -> None:
        begun = time.monotonic()
        outcome = read_stream(runtime, stream_id, name_of_worker(), lambda: time.monotonic() - begun > TURN)
        log.info("read", stream=stream_id, outcome=outcome.value, seconds=round(time.monotonic() - begun, 3))
        if outcome is Outcome.MORE:  # people are looked at when there is no more, or by the next tick
            read.send(stream_id, user_id)
        elif outcome is not Outcome.BUSY:
            settle_user.send(user_id)

    @actor(broker=broker, actor_name="keepwarm.discover", queue_name="fetch")
    def look(account_id: int) -> None:
        try:
            discover(runtime, account_id)
        except UnknownAccount:
            return
        except ConnectorError as error:
            note_account_trouble(runtime, account_id, error)
            return
        with reading(runtime.engine) as connection:
            due = due_streams(connection, runtime.clock(), account_id)
        for stream_id, user_id in due:
            read.send(stream_id, user_id)

    return Actors(discover=look, read=read, settle=settle_user)
