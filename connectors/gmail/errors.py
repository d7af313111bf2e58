"""Google's refusals as connector errors: one pure table (status, reason) -> class, and the sentences people read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.errors import (
    ConnectorError,
    CursorExpired,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    ScopeMissing,
    TokenRevoked,
)

Kind = type[ConnectorError]

#: (status, reason) -> what happens next; None stands for every reason that has no line of its own.
TABLE: Mapping[tuple[int, str | None], Kind] = {
    (400, None): ProtocolError,
    (401, None): TokenRevoked,
    (403, "rateLimitExceeded"): RateLimited,
    (403, "userRateLimitExceeded"): RateLimited,
    (403, "quotaExceeded"): RateLimited,
    (403, "dailyLimitExceeded"): RateLimited,
    (403, "insufficientPermissions"): ScopeMissing,
    (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"): ScopeMissing,
    (403, "domainPolicy"): NeedsReauthorisation,
    (403, None): ProtocolError,
    (404, None): ProtocolError,
    (408, None): ProviderUnavailable,
    (410, None): CursorExpired,
    (429, None): RateLimited,
    (500, None): ProviderUnavailable,
    (502, None): ProviderUnavailable,
    (503, None): ProviderUnavailable,
    (504, None): ProviderUnavailable,
}
#: A pause that was asked for without saying how long, in seconds.
DEFAULT_PAUSE = 60.0
_AFTER = re.compile(r"[Rr]etry after (\d{4}-\d\d-\d\dT[\d:.]+Z)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as read: `retry_after` in seconds where Google says it, `again` whether the same call may succeed."""

    error: ConnectorError
    again: bool
    retry_after: float | None = None


def kind(status: int, reason: str) -> Kind:
    """Look a refusal up in the table; an unknown 5xx is an outage, anything else unknown is not understood."""
    found = TABLE.get((status, reason)) or TABLE.get((status, None))
    return found or (ProviderUnavailable if status >= 500 else ProtocolError)


def parse_refusal(
    status: int, body: bytes, headers: Mapping[str, str], *, asked: str, scope: str, now: datetime | None = None
) -> Refusal:
    """Read a refusal; `asked` names the call and `scope` what it needs, for the person."""
    reason, message = _reason(body)
    pause = _pause(headers.get("retry-after"), message, now)
    said = f'Google answered "{message or status}" to {asked}'
    match kind(status, reason):
        case found if found is RateLimited:
            text = "Google asks for a pause: too many requests in a short time."
            error: ConnectorError = RateLimited(text, retry_after=pause or DEFAULT_PAUSE)
        case found if found is ScopeMissing:
            text = f"The permission {scope} was not given: connect the account again and tick every box."
            error = ScopeMissing(text, scope=scope)
        case found if found is TokenRevoked:
            error = TokenRevoked("Google no longer accepts the permission given: connect the account again.")
        case found if found is NeedsReauthorisation:
            error = NeedsReauthorisation(f"{said}: the administrator of this account has to allow it.")
        case found if found is ProviderUnavailable:
            error = ProviderUnavailable(f"Google has a problem of its own ({status}): it will be tried again.")
        case found if found is CursorExpired:
            error = CursorExpired("Google has forgotten where keepwarm had stopped reading.")
        case _:
            error = ProtocolError(_advice(reason, message) or f"{said} ({status} {reason}).")
    again = isinstance(error, RateLimited | ProviderUnavailable) or status == 401
    return Refusal(error, again, pause)


def sign_in_error(error: str, description: str) -> ConnectorError:
    """Say what an OAuth error (RFC 6749, 5.2 and 4.1.2.1) means and what to do."""
    match error:
        case "access_denied":
            return NeedsReauthorisation(
                "Access was not allowed in the browser: nothing was stored; connect again to allow it."
            )
        case "invalid_grant":
            return TokenRevoked(
                "Google no longer accepts the permission given (it was withdrawn, or the consent screen is in Testing,"
                " where permissions end after 7 days): connect the account again."
            )
        case "invalid_client" | "unauthorized_client" | "deleted_client":
            return ProtocolError(
                "Google does not know this client: check KEEPWARM_GOOGLE_CLIENT_ID and KEEPWARM_GOOGLE_CLIENT_SECRET."
            )
        case "redirect_uri_mismatch":
            return ProtocolError('Google refuses the way back: the client must be of the type "Desktop app".')
        case "invalid_scope" | "admin_policy_enforced" | "org_internal":
            return NeedsReauthorisation(f"The account's administrator does not allow this ({description or error}).")
        case "server_error" | "temporarily_unavailable" | "internal_failure":
            return ProviderUnavailable("Google's sign-in has a problem of its own: try again in a while.")
        case _:
            return ProtocolError(f"Google refused to sign in: {description or error}.")


def unreachable(failure: Exception, host: str) -> ProviderUnavailable:
    """Say why no answer came; requests names its errors by what failed."""
    match type(failure).__name__:
        case "ProxyError":
            text = f"The proxy does not let keepwarm through to {host}: check HTTPS_PROXY."
        case "SSLError":
            text = f"The secure connection to {host} failed: check this machine's date and SSL_CERT_FILE."
        case "ConnectTimeout" | "ReadTimeout" | "Timeout":
            text = f"{host} took too long to answer."
        case _:
            text = f"{host} cannot be reached: check the network."
    return ProviderUnavailable(text)


def _advice(reason: str, message: str) -> str | None:
    if reason in {"accessNotConfigured", "SERVICE_DISABLED"}:
        return "An API is switched off in your Google project: enable the Gmail API and the Google Calendar API there."
    if reason == "failedPrecondition" and "Mail service" in message:
        return "This Google account has no Gmail mailbox."
    return None


def _reason(body: bytes) -> tuple[str, str]:
    """Take reason and message out of any of the shapes errors come in; every inner field may be missing."""
    try:
        error: Any = json.loads(body)["error"]
        message = str(error.get("message", ""))
        inner: list[Any] = error.get("errors") or error.get("details") or [{}]
        return str(inner[0].get("reason") or error.get("status") or ""), message
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return "", ""


def _pause(header: str | None, message: str, now: datetime | None) -> float | None:
    now = now or datetime.now(UTC)
    if header and header.strip().isdigit():
        return float(header)
    until = None
    try:
        if header:
            until = parsedate_to_datetime(header)
        elif found := _AFTER.search(message):
            until = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    if until is None:
        return None
    return max((until.astimezone(UTC) - now) / timedelta(seconds=1), 0.0)
