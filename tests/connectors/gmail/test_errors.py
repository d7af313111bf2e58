"""The table of Google's refusals, line by line, and the sentences people read."""

import json
from datetime import UTC, datetime

import pytest
import requests

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    CursorExpired,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    ScopeMissing,
    TokenRevoked,
)
from connectors.gmail.errors import DEFAULT_PAUSE, kind, refused, sign_in_error, unreachable
from worker.wording.errors.sentence import sentence

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (400, "invalidArgument", ProtocolError),
        (401, "authError", ProviderUnavailable),
        (403, "rateLimitExceeded", RateLimited),
        (403, "userRateLimitExceeded", RateLimited),
        (403, "quotaExceeded", RateLimited),
        (403, "dailyLimitExceeded", RateLimited),
        (403, "insufficientPermissions", ScopeMissing),
        (403, "domainPolicy", AccessDenied),
        (403, "forbidden", AccessDenied),
        (403, "accessNotConfigured", AccessDenied),
        (404, "notFound", ProtocolError),
        (410, "fullSyncRequired", CursorExpired),
        (410, "updatedMinTooLongAgo", CursorExpired),
        (418, "", ProtocolError),
        (429, "", RateLimited),
        (500, "backendError", ProviderUnavailable),
        (503, "", ProviderUnavailable),
        (599, "", ProviderUnavailable),
    ],
)
def test_what_happens_next(status: int, reason: str, expected: type[ConnectorError]) -> None:
    assert kind(status, reason) is expected


def body(reason: str, message: str = "Said.") -> bytes:
    return json.dumps({"error": {"code": 0, "message": message, "errors": [{"reason": reason}]}}).encode()


@pytest.mark.parametrize(
    ("headers", "message", "pause"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after": "Mon, 02 Nov 2026 12:00:30 GMT"}, "", 30),
        ({}, "User-rate limit exceeded.  Retry after 2026-11-02T12:01:00.000Z", 60),
        ({"retry-after": "Mon, 02 Nov 2026 11:00:00 GMT"}, "", 0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "\u00b2"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after": "999999999"}, "", 86_400),
        ({"retry-after": "Mon, 02 Nov 9999 11:00:00 GMT"}, "", 86_400),
        ({}, "Too many concurrent requests for user", None),
    ],
)
def test_a_pause_is_read_wherever_it_stands(headers: dict[str, str], message: str, pause: float | None) -> None:
    found = refused(429, body("rateLimitExceeded", message), headers, asked="x", scope="y", now=NOW)
    assert found.again
    assert found.retry_after == pause
    assert isinstance(found.error, RateLimited)
    assert found.error.retry_after == (pause or DEFAULT_PAUSE)


@pytest.mark.parametrize(
    "shape",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"error": "text"}',
        b'{"error": {"errors": "text"}}',
        b'{"error": {"errors": [3]}}',
        b'{"error": null}',
    ],
)
def test_every_inner_field_is_optional(shape: bytes) -> None:
    assert isinstance(refused(403, shape, {}, asked="x", scope="y").error, AccessDenied)
    assert isinstance(refused(503, shape, {}, asked="x", scope="y").error, ProviderUnavailable)


def test_newer_front_ends_say_it_in_details_and_status() -> None:
    detail = {"error": {"message": "m", "status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]}}
    assert "switched off" in sentence(refused(403, json.dumps(detail).encode(), {}, asked="x", scope="y").error)


def test_a_missing_scope_is_named() -> None:
    error = refused(403, body("insufficientPermissions"), {}, asked="x", scope="calendar").error
    assert isinstance(error, ScopeMissing)
    assert error.scope == "calendar"


@pytest.mark.parametrize(
    ("error", "expected", "advice"),
    [
        ("access_denied", NeedsReauthorisation, "connect gmail` again"),
        ("invalid_grant", TokenRevoked, "Testing"),
        ("invalid_grant", TokenRevoked, "your password changed"),
        ("invalid_rapt", TokenRevoked, "how long a Google sign-in lasts"),
        ("rapt_required", TokenRevoked, "how long a Google sign-in lasts"),
        ("org_internal", NeedsReauthorisation, "one organization only"),
        ("invalid_client", ProtocolError, "KEEPWARM_GOOGLE_CLIENT_SECRET"),
        ("unauthorized_client", ProtocolError, "KEEPWARM_GOOGLE_CLIENT_ID"),
        ("redirect_uri_mismatch", ProtocolError, "Desktop app"),
        ("admin_policy_enforced", NeedsReauthorisation, "administrator"),
        ("temporarily_unavailable", ProviderUnavailable, "a problem on its side"),
        ("new_error", ProtocolError, "new_error"),
    ],
)
def test_a_failed_sign_in_says_what_to_do(error: str, expected: type[ConnectorError], advice: str) -> None:
    said = sign_in_error(error, "")
    assert type(said) is expected
    assert advice in sentence(said)


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        (requests.exceptions.ProxyError(), "HTTPS_PROXY"),
        (requests.exceptions.SSLError(), "SSL_CERT_FILE"),
        (requests.exceptions.ReadTimeout(), "too long"),
        (requests.exceptions.ConnectionError(), "network"),
        (requests.exceptions.ChunkedEncodingError(), "network"),
    ],
)
def test_no_answer_at_all(failure: requests.RequestException, advice: str) -> None:
    assert advice in sentence(unreachable(failure, "gmail.googleapis.com"))
