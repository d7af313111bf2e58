"""Notifications from Gmail: `users.watch` publishes every change to a Pub/Sub topic, and Pub/Sub posts it to us.

Facts: developers.google.com/workspace/gmail/api/guides/push. gmail.metadata suffices; a watch lasts seven days and is
renewed by watching again; at most one notification a second for each user, and some are late or lost.
"""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.base import Subscription
from connectors.errors import ProtocolError
from connectors.gmail.api.calls import Calls, service
from connectors.gmail.auth import GoogleEndpoints

#: What a watch costs, in quota units.
UNITS = 100
#: Where Google does not say when a watch ends.
UNSAID = timedelta(days=7)


class _Message(msgspec.Struct, frozen=True):
    data: str  # base64: Gmail's guide says URL-safe, Pub/Sub's reference says standard


class _Envelope(msgspec.Struct, frozen=True):
    message: _Message


class _Change(msgspec.Struct, frozen=True):
    address: str = msgspec.field(name="emailAddress")


_LETTERS = str.maketrans("+/", "-_")
_envelope, _change = msgspec.json.Decoder(_Envelope), msgspec.json.Decoder(_Change)


def watch(calls: Calls, endpoints: GoogleEndpoints, topic: str, now: datetime) -> Subscription:
    """Have every change of the mailbox published to a topic ("projects/P/topics/T"); the same call renews.

    Raises:
        ConnectorError: as connectors.errors has it; in Google's own words if it will not.
    """
    users = service("gmail", "v1", endpoints.gmail, "users")
    answer: Any = calls.one(users.watch(userId="me", body={"topicName": topic}), UNITS)
    if not isinstance(answer, dict):
        raise ProtocolError("google.unknown_topic", topic=topic)
    expires = str(answer.get("expiration", ""))
    return Subscription("", datetime.fromtimestamp(int(expires) / 1000, UTC) if expires.isdigit() else now + UNSAID)


def address_in(body: bytes) -> str:
    """Read whose mailbox a Pub/Sub notification is about, in lower case.

    Raises:
        ProtocolError: it is no notification of Gmail's.
    """
    try:
        data = _envelope.decode(body).message.data.rstrip("=")
        return _change.decode(urlsafe_b64decode(data.translate(_LETTERS) + "=" * (-len(data) % 4))).address.lower()
    except (msgspec.DecodeError, ValueError) as error:
        raise ProtocolError("google.not_a_notification") from error
