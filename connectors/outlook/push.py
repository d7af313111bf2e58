"""Notifications from Graph: a subscription to the mailbox, renewed before it ends, and what its notifications say.

Facts: learn.microsoft.com, "Create subscription", "lifecycle notifications" (2024). Mail.ReadBasic suffices for
messages; events would want Calendars.Read, so the calendar is only polled. A subscription to messages lasts at most
10,080 minutes.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import quote

import msgspec

from connectors.base import Subscription
from connectors.errors import ProtocolError
from connectors.outlook.api.client import GraphClient, decoded
from connectors.outlook.errors import NotFound

RESOURCE, SCOPE = "me/messages", "Mail.ReadBasic"
#: How long a subscription is asked for: a little less than the most there is.
SPAN = timedelta(minutes=10_000)
_PATH = "/subscriptions"


class GraphSubscription(msgspec.Struct, frozen=True):
    """What Graph says of a subscription."""

    id: str
    until: datetime = msgspec.field(name="expirationDateTime")
    url: str | None = msgspec.field(name="notificationUrl", default=None)


class Notice(msgspec.Struct, frozen=True):
    """One item of a notification; `event` is "" for a change, else what happened to the subscription."""

    subscription: str = msgspec.field(name="subscriptionId")
    secret: str | None = msgspec.field(name="clientState", default=None)
    event: str = msgspec.field(name="lifecycleEvent", default="")


class _Page(msgspec.Struct, frozen=True):
    value: list[GraphSubscription]


class _Notices(msgspec.Struct, frozen=True):
    value: list[Notice]


_decode_subscription = msgspec.json.Decoder(GraphSubscription).decode
_decode_page = msgspec.json.Decoder(_Page).decode
_decode_notices = msgspec.json.Decoder(_Notices).decode


def watch(
    client: GraphClient, url: str, secret: str, known: str | None, now: datetime, *, keep: bool = True
) -> Subscription:
    """Renew the subscription `known`, if it is to be kept, or have a new one post to `url` with `secret` in it.

    Raises:
        ConnectorError: as connectors.errors has it.
    """
    until = (now + SPAN).strftime("%Y-%m-%dT%H:%M:%SZ")
    if known and keep:
        with suppress(NotFound):  # it has ended: a new one is made
            path = f"{_PATH}/{quote(known, safe='')}"
            return _subscription(client.send("PATCH", path, {"expirationDateTime": until}, scope=SCOPE))
    _clear(client, url, known)
    wanted = {
        "changeType": "created",
        "resource": RESOURCE,
        "notificationUrl": url,
        "lifecycleNotificationUrl": url,
        "clientState": secret,
        "expirationDateTime": until,
    }
    return _subscription(client.send("POST", _PATH, wanted, scope=SCOPE))


def notices(body: bytes) -> Sequence[Notice]:
    """Read a notification.

    Raises:
        ProtocolError: it is none of Graph's.
    """
    return decoded(_decode_notices, body).value


def _clear(client: GraphClient, url: str, known: str | None) -> None:
    """End what was subscribed before, noted or not: Graph refuses a second one of the same kind."""
    for existing in decoded(_decode_page, client.get(_PATH, scope=SCOPE)).value:
        if existing.url == url or existing.id == known:
            with suppress(NotFound):
                client.send("DELETE", f"{_PATH}/{quote(existing.id, safe='')}", None, scope=SCOPE)


def _subscription(body: bytes) -> Subscription:
    found = decoded(_decode_subscription, body)
    if found.until.tzinfo is None:
        raise ProtocolError("microsoft.no_subscription_end")
    return Subscription(found.id, found.until)
