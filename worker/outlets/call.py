"""One delivery to an outlet: a signed POST to a webhook, or a message through Apprise.

Webhooks are signed as https://www.standardwebhooks.com describes: HMAC-SHA256 over id, time and body, with the key
that was shown when the outlet was added.
"""

import base64
import hmac
import logging
from contextlib import closing
from datetime import datetime
from hashlib import sha256

import msgspec

from connectors.errors import ConnectorError
from connectors.web import Web
from models.base import seconds
from models.errors import CodedError
from worker.export.rows.scope import stamp
from worker.outlets.happened import Happened
from worker.outlets.keep import Address, Kind
from worker.wording.errors.sentence import sentence


class NotDelivered(CodedError):  # noqa: N818 - says what is wrong
    """An outlet did not accept an event."""


def notify(kind: Kind, address: Address, event: Happened, now: datetime, *, alone: bool) -> None:
    """Deliver one event to an outlet.

    Raises:
        NotDelivered: it was not accepted; to be tried again.
    """
    if kind is Kind.APPRISE:
        _through_apprise(address, event)
    else:
        _by_webhook(address, event, now, alone=alone)


def body_of(event: Happened, now: datetime) -> bytes:
    """Write what a webhook is sent."""
    said = {"type": f"keepwarm.{event.kind.value}", "timestamp": stamp(seconds(now)), "title": event.title}
    return msgspec.json.encode({**said, "text": event.text, "data": event.data})


def signature(secret: str, key: str, at: int, body: bytes) -> str:
    """Sign a call.

    Args:
        secret: "whsec_" and the key in base 64.
        key: the id of the message.
        at: seconds since 1970 UTC.
        body: the bytes that are sent.
    """
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(raw, f"{key}.{at}.".encode() + body, sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _by_webhook(address: Address, event: Happened, now: datetime, *, alone: bool) -> None:
    body, at, key = body_of(event, now), seconds(now), event.name
    headers = {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(address.secret, key, at, body),
    }
    try:
        with closing(Web(private=alone)) as web:
            answer = web.ask("POST", address.url, headers=headers, body=body)
    except ConnectorError as error:
        raise NotDelivered("outlet.unreachable", why=sentence(error)) from error
    if not 200 <= answer.status < 300:
        raise NotDelivered("outlet.refused", status=answer.status)


def _through_apprise(address: Address, event: Happened) -> None:
    from apprise import Apprise, NotifyFormat

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would write addresses, which are secrets
    apprise = Apprise()
    taken = apprise.add(address.url) and apprise.notify(
        event.text, event.title, body_format=NotifyFormat.TEXT, timeout=30
    )
    if not taken:
        raise NotDelivered("outlet.service_refused")
