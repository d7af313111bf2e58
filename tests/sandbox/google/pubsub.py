"""Cloud Pub/Sub as far as Gmail's push goes: topics, watches that end, and pushes that may come twice or in any order.

pubsub.topics["projects/p/topics/t"] = "https://keepwarm.example/.../google"    # its one push subscription
"""

import base64
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.wire import Json, Refusal
from tests.sandbox.http import Request
from tests.sandbox.internet import Internet

TOPIC = re.compile(r"projects/[^/]+/topics/[^/]+")
#: How long a watch lasts, in seconds.
SPAN = 7 * 86_400
#: Names a push, as Pub/Sub's answers 102, 200, 201, 202 and 204 acknowledge it.
ACKNOWLEDGED = frozenset({102, 200, 201, 202, 204})


@dataclass
class PubSub:
    """Tells of changes at once, unless `holding`: then `release` does, and in which order is the caller's."""

    clock: Callable[[], float] = time.time
    internet: Internet = field(default_factory=Internet)
    topics: dict[str, str] = field(default_factory=dict)
    forbidden: bool = False  # gmail-api-push@system.gserviceaccount.com may not publish to the topic
    copies: int = 1
    holding: bool = False
    held: list[bytes] = field(default_factory=list)
    unacknowledged: list[bytes] = field(default_factory=list)
    watched: Counter[str] = field(default_factory=Counter)  # how often each mailbox was watched
    _until: dict[str, tuple[str, float]] = field(default_factory=dict)

    def watch(self, mailbox: GoogleMailbox, request: Request) -> Json:
        """users.watch: a second call renews."""
        topic = json.loads(request.body or b"{}").get("topicName", "")
        if not TOPIC.fullmatch(topic):
            raise Refusal(400, "invalidArgument", "Invalid topicName does not match projects/*/topics/*")
        if topic not in self.topics:
            raise Refusal(404, "notFound", f"Resource not found (resource={topic.rpartition('/')[2]}).")
        if self.forbidden:
            message = (
                f"Error sending test message to Cloud PubSub {topic} : User not authorized to perform this action."
            )
            raise Refusal(403, "forbidden", message)
        self.watched[mailbox.address] += 1
        self._until[mailbox.address] = (topic, self.clock() + SPAN)
        if self.changed not in mailbox.listeners:
            mailbox.listeners.append(self.changed)
        return {"historyId": str(mailbox.history_id), "expiration": str(int(self._until[mailbox.address][1] * 1000))}

    def changed(self, mailbox: GoogleMailbox) -> None:
        """Tell of a change, as long as the watch lasts."""
        topic, until = self._until[mailbox.address]
        if self.clock() < until:
            data = {"emailAddress": mailbox.address, "historyId": mailbox.history_id}
            self.publish(topic, json.dumps(data).encode())

    def publish(self, topic: str, data: bytes) -> None:
        """Post data to the push subscription of a topic."""
        number = str(len(self.internet.answers) + len(self.held) + 1)
        message = {"data": base64.b64encode(data).decode(), "messageId": number, "publishTime": "2026-11-20T18:00:00Z"}
        envelope = {"message": message, "subscription": topic.replace("topics", "subscriptions")}
        for _ in range(self.copies):
            self.held.append(json.dumps(envelope).encode())
        if not self.holding:
            self.release(topic, self.held)
            self.held = []

    def release(self, topic: str, envelopes: list[bytes]) -> None:
        """Post what was held back, in this order."""
        for envelope in list(envelopes):
            if self.internet.post(self.topics[topic], envelope)[0] not in ACKNOWLEDGED:
                self.unacknowledged.append(envelope)
