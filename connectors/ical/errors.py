"""What refusals of a calendar address mean: one table (pure)."""

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
)
from connectors.refusals import Row, find_row, retry_after
from connectors.web import Answer

UNSAID_PAUSE = 3600.0
_GONE = "calendar.address_gone"
TABLE: tuple[Row, ...] = (
    (401, None, AccessDenied, _GONE),
    (403, None, AccessDenied, _GONE),
    (404, None, AccessDenied, _GONE),
    (410, None, AccessDenied, _GONE),
    (408, None, ProviderUnavailable, "calendar.too_slow"),
    (429, None, RateLimited, "calendar.too_many_requests"),
    (500, None, ProviderUnavailable, "calendar.unavailable"),
    (502, None, ProviderUnavailable, "calendar.unavailable"),
    (503, None, ProviderUnavailable, "calendar.unavailable"),
    (504, None, ProviderUnavailable, "calendar.too_slow"),
)


def refusal(answer: Answer) -> ConnectorError:
    """Return the error that an answer other than 200 and 304 stands for."""
    pause = retry_after(answer.headers)
    row = find_row(TABLE, answer.status, ())
    if row is None:
        return ProtocolError("calendar.unknown_answer", detail=answer.status)
    _, _, kind, code = row
    if kind is RateLimited or (kind is ProviderUnavailable and pause is not None):
        return RateLimited(code, retry_after=UNSAID_PAUSE if pause is None else pause)
    return kind(code, detail=answer.status)
