"""The queue: in this process by default, Redis or RabbitMQ where several processes share the work."""

import threading

from dramatiq import Broker, Worker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Middleware, Retries, TimeLimit

from models.errors import CodedError
from worker.queue.counting import Counting

#: Separate queues by cost: what waits for providers (a look at what is new, and long readings), what computes, what
#: leaves the house.
FETCH, BACKFILL, ASSESS, SEND = "fetch", "backfill", "assess", "send"
QUEUES = (FETCH, BACKFILL, ASSESS, SEND)
#: Among what a worker has taken, a smaller number goes first: a look at what is new never waits behind a long reading.
FIRST, LAST = 0, 10
#: A message that failed is tried again this often; whatever it meant to do is found again by the next tick anyway.
TRIES = 3
#: Milliseconds without a sign of life after which Redis gives a worker's messages to another.
SILENCE = 15_000


class UnknownBroker(CodedError):  # noqa: N818 - says what is wrong
    """KEEPWARM_BROKER_URL names no broker we know."""


class Leaving(Middleware):
    """Know when this process's worker was asked to stop, so that long work can end at a good place."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Called by Dramatiq when it is time to stop."""
        del broker, worker
        self.asked.set()


def middleware() -> list[Middleware]:
    """What every broker of ours does around a message, in order."""
    return [Counting(), TimeLimit(time_limit=30 * 60 * 1000), Leaving(), Retries(max_retries=TRIES, min_backoff=1000)]


def silence() -> tuple[type[Exception], ...]:
    """Name what a broker that does not answer makes of a call; asked in an `except`, clients load only then."""
    from dramatiq.errors import BrokerError
    from pika.exceptions import AMQPError
    from redis.exceptions import RedisError

    return BrokerError, RedisError, AMQPError, OSError


def open_broker(url: str) -> Broker:
    """Open the queue a URL names; memory:// lives in this process.

    Raises:
        UnknownBroker: with the kinds there are.
    """
    scheme = url.partition(":")[0]
    if scheme == "memory":
        return StubBroker(middleware=middleware())
    if scheme in {"redis", "rediss"}:
        from dramatiq.brokers.redis import RedisBroker

        around = middleware()
        return RedisBroker(url=url, middleware=around, namespace="keepwarm", heartbeat_timeout=SILENCE)  # type: ignore[no-untyped-call]  # it has no annotations
    if scheme in {"amqp", "amqps"}:
        from dramatiq.brokers.rabbitmq import RabbitmqBroker

        # confirmed: else a message for a queue that was lost vanishes, and the queue is never made again
        return RabbitmqBroker(url=url, middleware=middleware(), confirm_delivery=True)
    raise UnknownBroker("app.unknown_broker", scheme=scheme)


def leaving(broker: Broker) -> threading.Event:
    """Return the event that is set when the worker of this process is to stop."""
    return next(around.asked for around in broker.middleware if isinstance(around, Leaving))


def waiting(broker: Broker, queue: str) -> int:
    """Count the messages of a queue that no worker has taken yet.

    Raises:
        Exception: one of `silence()`: the broker does not answer.
    """
    if isinstance(broker, StubBroker):
        return int(broker.queues[queue].qsize())
    if not hasattr(broker, "get_queue_message_counts"):
        return int(broker.client.llen(f"{broker.namespace}:{queue}"))  # type: ignore[attr-defined]  # RedisBroker
    from pika.exceptions import AMQPError

    try:
        return int(broker.get_queue_message_counts(queue)[0])
    except AMQPError:  # RabbitMQ hangs up on who has been silent for a while
        del broker.connection  # type: ignore[attr-defined]  # RabbitmqBroker: a new one is opened when needed
        return int(broker.get_queue_message_counts(queue)[0])
