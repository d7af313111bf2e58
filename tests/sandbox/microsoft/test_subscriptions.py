"""Subscriptions under Graph's rules: who may have one, for how long, and the handshake before it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.http import Request, Response, Server
from tests.sandbox.microsoft.odata import stamp
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.microsoft.subscriptions import LONGEST, TOKEN

URL = "https://listener.example/hook"


def wanted(**other: Any) -> dict[str, Any]:
    until = stamp(datetime.now(UTC) + timedelta(days=1))
    return {
        "changeType": "created",
        "resource": "me/messages",
        "notificationUrl": URL,
        "clientState": "s",
        "expirationDateTime": until,
        **other,
    }


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({}, 201, None),
        ({"resource": "me/events"}, 403, "ErrorAccessDenied"),  # Calendars.ReadBasic is not enough
        ({"resource": "me/contacts"}, 400, "InvalidRequest"),
        ({"notificationUrl": "http://listener.example/hook"}, 400, "InvalidRequest"),
        ({"notificationUrl": "https://nowhere.example/hook"}, 400, "ValidationError"),
        ({"lifecycleNotificationUrl": "https://nowhere.example/hook"}, 400, "ValidationError"),
        ({"notificationUrl": "https://listener.example/html"}, 400, "ValidationError"),
        ({"clientState": "s" * 129}, 400, "InvalidRequest"),
        ({"expirationDateTime": stamp(datetime.now(UTC) + LONGEST + timedelta(hours=1))}, 400, "InvalidRequest"),
    ],
)
def test_what_graph_grants(
    sandbox: MicrosoftSandbox, graph: httpx.Client, other: dict[str, Any], status: int, code: str | None
) -> None:
    def listener(request: Request) -> Response:
        kind = "text/html" if request.path == "/html" else "text/plain"
        return Response(200, request.query("validationToken").encode(), {"Content-Type": kind})

    with Server(listener) as server:
        sandbox.graph.subscriptions.internet.behind["https://listener.example"] = server.port
        answer = graph.post("/v1.0/subscriptions", json=wanted(**other))
        assert answer.status_code == status
        if code:
            assert answer.json()["error"]["code"] == code
            assert not sandbox.graph.subscriptions.active
            return
        made = answer.json()["id"]
        assert graph.post("/v1.0/subscriptions", json=wanted()).status_code == 409
        later = {"expirationDateTime": stamp(datetime.now(UTC) + timedelta(days=6))}
        assert graph.patch(f"/v1.0/subscriptions/{made}", json=later).status_code == 200
        assert [one["id"] for one in graph.get("/v1.0/subscriptions").json()["value"]] == [made]
        assert graph.delete(f"/v1.0/subscriptions/{made}").status_code == 204
        assert graph.patch(f"/v1.0/subscriptions/{made}", json=later).status_code == 404


def test_the_token_needs_to_be_decoded_once() -> None:
    assert "%20" in TOKEN
    assert " " in TOKEN
