"""Google's refusals as connector errors: pure tables from what Google answers to what happens next and a code.

Sources: developers.google.com, "Handle errors" of Gmail and Calendar, "OAuth 2.0: refresh token expiration"; every
inner field of an error body is optional (measured).
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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
from connectors.refusals import Row, bounded_pause, find_row, retry_after

_PAUSE = "google.too_many_requests"
_TROUBLE = "google.unavailable"
_SCOPE = "google.no_permission"
_API_OFF = "google.api_off"

#: What an API's refusal means. A 401 is transient here: where the grant has really ended, refreshing the token says so.
TABLE: tuple[Row, ...] = (
    (401, None, ProviderUnavailable, "google.fresh_sign_in_refused"),
    (403, "ratelimitexceeded", RateLimited, _PAUSE),
    (403, "userratelimitexceeded", RateLimited, _PAUSE),
    (403, "quotaexceeded", RateLimited, _PAUSE),
    (403, "dailylimitexceeded", RateLimited, _PAUSE),
    (403, "insufficientpermissions", ScopeMissing, _SCOPE),
    (403, "access_token_scope_insufficient", ScopeMissing, _SCOPE),
    (403, "accessnotconfigured", AccessDenied, _API_OFF),
    (403, "service_disabled", AccessDenied, _API_OFF),
    (403, "notacalendaruser", AccessDenied, "google.calendar_off"),
    (403, "domainpolicy", AccessDenied, "google.admin_refuses"),
    (403, None, AccessDenied, "google.access_denied"),
    (400, "failedprecondition", ProtocolError, "google.refused"),
    (404, None, ProtocolError, "google.not_found"),
    (408, None, ProviderUnavailable, _TROUBLE),
    (410, None, CursorExpired, "google.position_lost"),
    (429, None, RateLimited, _PAUSE),
    (500, None, ProviderUnavailable, _TROUBLE),
    (502, None, ProviderUnavailable, _TROUBLE),
    (503, None, ProviderUnavailable, _TROUBLE),
    (504, None, ProviderUnavailable, _TROUBLE),
)
#: A pause that was asked for without saying how long, in seconds.
DEFAULT_PAUSE = 60.0
_AFTER = re.compile(r"[Rr]etry after (\d{4}-\d\d-\d\dT[\d:.]+Z)", re.ASCII)

#: OAuth `error` or `error_subtype`, the subtype looked for first (RFC 6749, 4.1.2.1 and 5.2) -> error and code.
OAUTH: Mapping[str, tuple[type[ConnectorError], str]] = {
    "access_denied": (NeedsReauthorisation, "google.declined"),
    "invalid_rapt": (TokenRevoked, "google.session_limit"),
    "invalid_grant": (TokenRevoked, "google.expired"),
    "admin_policy_enforced": (NeedsReauthorisation, "google.app_not_trusted"),
    "org_internal": (NeedsReauthorisation, "google.one_organization"),
    "invalid_scope": (NeedsReauthorisation, "google.scopes_not_registered"),
    "invalid_client": (ProtocolError, "google.unknown_client"),
    "redirect_uri_mismatch": (ProtocolError, "google.wrong_client_type"),
    "server_error": (ProviderUnavailable, "google.sign_in_unavailable"),
}
_SAME = {
    "rapt_required": "invalid_rapt",
    "unauthorized_client": "invalid_client",
    "deleted_client": "invalid_client",
    "temporarily_unavailable": "server_error",
    "internal_failure": "server_error",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as read: `retry_after` in seconds where Google says it, `again` whether the same call may succeed."""

    error: ConnectorError
    again: bool
    retry_after: float | None = None


def kind(status: int, reason: str) -> type[ConnectorError]:
    """Look a refusal up in the table; an unknown 5xx is an outage, anything else unknown is not understood."""
    row = find_row(TABLE, status, [reason.lower()])
    return row[2] if row else (ProviderUnavailable if status >= 500 else ProtocolError)


def refused(
    status: int, body: bytes, headers: Mapping[str, str], *, asked: str, scope: str, now: datetime | None = None
) -> Refusal:
    """Read a refusal.

    Args:
        status: the HTTP status.
        body: the error body, in whatever shape.
        headers: by lower-case name.
        asked: the name of the call, for the person.
        scope: the permission the call needs, for the person.
        now: the moment pauses are counted from, the present if None.
    """
    reason, message = _reason(body)
    pause = _pause(headers, message, now)
    error_class = kind(status, reason)
    row = find_row(TABLE, status, [reason.lower()])
    code = row[3] if row else (_TROUBLE if status >= 500 else "google.refused")
    if reason == "failedPrecondition" and "Mail service" in message:
        code = "google.no_mailbox"
    detail = message or reason or str(status)
    if error_class is RateLimited:
        error: ConnectorError = RateLimited(code, retry_after=pause or DEFAULT_PAUSE)
    elif error_class is ScopeMissing:
        error = ScopeMissing(code, scope=scope)
    else:
        error = error_class(code, asked=asked, detail=detail)
    return Refusal(error, isinstance(error, RateLimited | ProviderUnavailable), pause)


def sign_in_error(error: str, description: str, subtype: str = "") -> ConnectorError:
    """Say what an OAuth refusal means and what to do about it.

    Args:
        error: `error` of the answer (RFC 6749).
        description: `error_description`, in Google's words.
        subtype: Google's own `error_subtype`.
    """
    for name in (subtype, error):
        if found := OAUTH.get(_SAME.get(name, name)):
            return found[0](found[1])
    if "eauthentication is needed" in description:  # what google-auth makes of invalid_rapt
        return TokenRevoked(OAUTH["invalid_rapt"][1])
    return ProtocolError("google.sign_in_refused", detail=description or error)


def unreachable(failure: Exception, host: str) -> ProviderUnavailable:
    """Say why no answer came; requests names its errors by what failed."""
    match type(failure).__name__:
        case "ProxyError":
            code = "google.proxy"
        case "SSLError":
            code = "google.tls"
        case "ConnectTimeout" | "ReadTimeout" | "Timeout":
            code = "google.too_slow"
        case _:
            code = "google.unreachable"
    return ProviderUnavailable(code, host=host)


@contextmanager
def reading_json() -> Iterator[None]:
    """Where answers are read: one of another shape than Google's reference says is a ProtocolError, whatever it raises.

    Raises:
        ProtocolError: an answer could not be read.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError, RecursionError) as error:
        raise ProtocolError("google.unreadable_answer", detail=type(error).__name__) from error


def _reason(body: bytes) -> tuple[str, str]:
    """Take reason and message out of any of the shapes errors come in; every inner field may be missing."""
    try:
        error: Any = json.loads(body)["error"]
        message = str(error.get("message", ""))
        inner: list[Any] = error.get("errors") or error.get("details") or [{}]
        return str(inner[0].get("reason") or error.get("status") or ""), message
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return "", ""


def _pause(headers: Mapping[str, str], message: str, now: datetime | None) -> float | None:
    """Read how long to wait out of the header, or out of the sentence some refusals carry it in."""
    if (seconds := retry_after(headers, now)) is not None:
        return seconds
    try:
        until = datetime.fromisoformat(found[1]) if (found := _AFTER.search(message)) else None
    except ValueError:
        return None
    return None if until is None else bounded_pause((until - (now or datetime.now(UTC))) / timedelta(seconds=1))
