"""The queue: in this process by default, Redis or RabbitMQ where several processes share the work."""

from dramatiq import Broker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AgeLimit, Callbacks, Middleware, Pipelines, Retries, ShutdownNotifications, TimeLimit

#: A message that failed is tried again this often; whatever it meant to do is found again by the next tick anyway.
TRIES = 3


class UnknownBroker(Exception):  # noqa: N818 - says what is wrong
    """KEEPWARM_BROKER_URL names no broker we know."""


def middleware() -> list[Middleware]:
    """What every broker of ours does around a message, in order."""
    return [
        AgeLimit(),
        TimeLimit(time_limit=30 * 60 * 1000),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        Retries(max_retries=TRIES, min_backoff=1000),
    ]


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

        return RedisBroker(url=url, middleware=middleware())  # type: ignore[no-untyped-call]  # it has no annotations
    if scheme in {"amqp", "amqps"}:
        from dramatiq.brokers.rabbitmq import RabbitmqBroker

        return RabbitmqBroker(url=url, middleware=middleware())
    raise UnknownBroker(f"KEEPWARM_BROKER_URL begins with {scheme}: it must be memory://, redis://... or amqp://...")
