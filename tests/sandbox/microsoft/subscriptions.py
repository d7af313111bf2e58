"""Graph's change notifications: subscriptions with their handshake, renewal and end, and what is posted to whom."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from tests.sandbox.http import Response
from tests.sandbox.internet import Internet
from tests.sandbox.microsoft.odata import Call, Refused, collection, stamp

if TYPE_CHECKING:
    from tests.sandbox.microsoft.graph import OutlookMailbox

#: The longest an Outlook subscription may last.
LONGEST = timedelta(minutes=10_080)
#: Resource -> the scopes of which one is needed: events want more than Calendars.ReadBasic.
RESOURCES = {"me/messages": ("Mail.ReadBasic", "Mail.Read"), "me/events": ("Calendars.Read",)}
TOKEN = "Validation: Testing client application reachability for subscription Request-Id: 8f1c+é%20"


@dataclass
class Subscription:
    """One subscription of one mailbox."""

    id: str
    mailbox: str
    resource: str
    url: str
    lifecycle_url: str
    secret: str
    until: datetime

    def wire(self) -> dict[str, Any]:
        return {
            "@odata.context": "https://graph.example/v1.0/$metadata#subscriptions/$entity",
            "id": self.id,
            "resource": self.resource,
            "changeType": "created",
            "clientState": None,  # Graph does not tell it again
            "notificationUrl": self.url,
            "lifecycleNotificationUrl": self.lifecycle_url or None,
            "expirationDateTime": stamp(self.until),
        }


@dataclass
class Subscriptions:
    """All there are; tells of changes at once, unless `holding`: then `release` does."""

    internet: Internet = field(default_factory=Internet)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    active: dict[str, Subscription] = field(default_factory=dict)
    copies: int = 1
    holding: bool = False
    waiting: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # method and path

    def answer(self, call: Call, mailbox: "OutlookMailbox") -> Response:
        """Whatever is asked at /subscriptions."""
        self.asked.append((call.request.method, call.path))
        mine = {id_: one for id_, one in self.alive().items() if one.mailbox == mailbox.address}
        id_ = call.path.removeprefix("/subscriptions").strip("/")
        sent = json.loads(call.request.body or b"{}")
        match call.request.method:
            case "GET" if not id_:
                return collection([one.wire() for one in mine.values()])
            case "POST" if not id_:
                return Response.json(self._create(call, mailbox, sent, list(mine.values())).wire(), 201)
            case "PATCH" if id_ in mine:
                mine[id_].until = self._end(sent)
                return Response.json(mine[id_].wire())
            case "DELETE" if id_ in mine:
                del self.active[id_]
                return Response(204)
        raise Refused(404, "ResourceNotFound", f"The subscription {id_} does not exist.")

    def alive(self) -> dict[str, Subscription]:
        return {id_: one for id_, one in self.active.items() if self.clock() < one.until}

    def came(self, mailbox: str, message: str) -> None:
        """Tell of a new message."""
        for one in self.alive().values():
            if one.mailbox == mailbox and one.resource == "me/messages":
                data = {"@odata.type": "#Microsoft.Graph.Message", "id": message}
                self._tell(
                    one.url, one, {"changeType": "created", "resource": "Users/1/Messages/1", "resourceData": data}
                )

    def lifecycle(self, event: str) -> None:
        """Tell every subscriber what befalls its subscription; what is removed is gone."""
        for one in self.alive().values():
            if event == "subscriptionRemoved":
                del self.active[one.id]
            self._tell(one.lifecycle_url, one, {"lifecycleEvent": event})

    def release(self, waiting: list[tuple[str, bytes]]) -> None:
        """Post what was held back, in this order."""
        for url, body in list(waiting):
            self.internet.post(url, body)

    def _tell(self, url: str, one: Subscription, what: dict[str, Any]) -> None:
        item = {
            "subscriptionId": one.id,
            "subscriptionExpirationDateTime": stamp(one.until),
            "clientState": one.secret,
            "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
            **what,
        }
        self.waiting += [(url, json.dumps({"value": [item]}).encode())] * self.copies
        if not self.holding:
            self.release(self.waiting)
            self.waiting = []

    def _create(
        self, call: Call, mailbox: "OutlookMailbox", sent: dict[str, Any], mine: list[Subscription]
    ) -> Subscription:
        resource = str(sent.get("resource", "")).strip("/")
        if resource not in RESOURCES or not sent.get("changeType"):
            raise Refused(400, "InvalidRequest", "Resource or changeType is not supported.")
        call.needs(*RESOURCES[resource])
        url, lifecycle_url = sent.get("notificationUrl", ""), sent.get("lifecycleNotificationUrl") or ""
        secret = sent.get("clientState") or ""
        if not url.startswith("https://") or len(secret) > 128:
            raise Refused(
                400, "InvalidRequest", "notificationUrl must be https and clientState at most 128 characters."
            )
        until = self._end(sent)
        if any(one.resource == resource for one in mine):
            raise Refused(409, "Conflict", "A subscription of this application to this resource exists already.")
        for each in {url, lifecycle_url} - {""}:
            self._shake_hands(each)
        made = Subscription(str(uuid4()), mailbox.address, resource, url, lifecycle_url, secret, until)
        self.active[made.id] = made
        tell = self.came
        if tell not in mailbox.mail.listeners:
            mailbox.mail.listeners.append(tell)
        return made

    def _end(self, sent: dict[str, Any]) -> datetime:
        until = datetime.fromisoformat(sent["expirationDateTime"])
        if not self.clock() < until <= self.clock() + LONGEST:
            raise Refused(400, "InvalidRequest", "Subscription expiration can only be 10080 minutes in the future.")
        return until

    def _shake_hands(self, url: str) -> None:
        status, body, kind = self.internet.post(
            f"{url}?validationToken={quote(TOKEN)}", b"", "text/plain; charset=utf-8"
        )
        if status != 200 or kind != "text/plain" or body != TOKEN.encode():
            message = "Subscription validation request failed. Notification endpoint must respond with 200 OK."
            raise Refused(400, "ValidationError", message)
