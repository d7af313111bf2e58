"""The queues between scheduler and workers, as a broker holds them: emptied, or given back twice and in another order."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol
from uuid import uuid4

import pika
from pika.exceptions import ChannelClosedByBroker
from redis import Redis as Client

from tests.services import Redis
from worker.queue.broker import QUEUES

#: What waits to be worked off, what waits for its time, and what is dead.
NAMES = (*QUEUES, *(f"{name}.DQ" for name in QUEUES))
#: So many messages of earlier on come once more each time, long after they were worked off.
LATE = 20


class Queues(Protocol):
    """One broker's."""

    def lose(self, chance: random.Random) -> None:
        """Lose everything that waits."""
        ...

    def stir(self, chance: random.Random) -> int:
        """Have every message that waits, and some that are long done, come twice and in any order; counts them."""
        ...


class RedisQueues:
    """A list of ids for each queue, and what they stand for beside it."""

    def __init__(self, server: Redis) -> None:
        self.server = server
        self.done: list[tuple[str, bytes]] = []

    def lose(self, _chance: random.Random) -> None:
        self.server.kill()
        self.server.start()

    def stir(self, chance: random.Random) -> int:
        count = 0
        with Client.from_url(self.server.url) as client:
            late = chance.sample(self.done, min(LATE, len(self.done)))
            for name in NAMES:
                key, texts = f"keepwarm:{name}", f"keepwarm:{name}.msgs"
                waiting: Any = client.lrange(key, 0, -1)  # sync and async share this type
                bodies = [body for body in (client.hget(texts, id_) for id_ in waiting) if isinstance(body, bytes)]
                self.done += [(name, body) for body in bodies]
                twins = {str(uuid4()): body for body in [*bodies, *(body for queue, body in late if queue == name)]}
                order = [*waiting, *twins]
                chance.shuffle(order)
                with client.pipeline() as at_once:
                    for id_, body in twins.items():
                        at_once.hset(texts, id_, _renamed(body, id_))
                    for id_ in waiting:
                        at_once.lrem(key, 1, id_)
                    if order:
                        at_once.rpush(key, *order)
                    at_once.execute()
                count += len(twins)
        return count


def _renamed(body: bytes, id_: str) -> bytes:
    """Give a message the name that Redis knows it by; all else stays."""
    message = json.loads(body)
    message["options"]["redis_message_id"] = id_
    return json.dumps(message).encode()


class RabbitQueues:
    """Queues of AMQP: taken whole, and published again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.done: list[tuple[str, Any, bytes]] = []

    def lose(self, _chance: random.Random) -> None:
        with self._channel() as channel:
            for name in (*NAMES, *(f"{name}.XQ" for name in QUEUES)):
                channel.queue_delete(name)

    def stir(self, chance: random.Random) -> int:
        count = 0
        late = chance.sample(self.done, min(LATE, len(self.done)))
        for name in NAMES:
            with suppress(ChannelClosedByBroker), self._channel() as channel:  # a queue may just have been deleted
                taken = list(_taken(channel, name))
                self.done += [(name, properties, body) for properties, body in taken]
                twins = [*taken, *((properties, body) for queue, properties, body in late if queue == name)]
                order = [*taken, *twins]
                chance.shuffle(order)
                for properties, body in order:
                    channel.basic_publish("", name, body, properties)
                count += len(twins)
        return count

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            yield connection.channel()


def _taken(channel: Any, name: str) -> Iterator[tuple[Any, bytes]]:
    while True:
        method, properties, body = channel.basic_get(name, auto_ack=True)
        if method is None:
            return
        yield properties, body
