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
_GONE = (
    "The calendar's secret address no longer works ({status}): it was reset, or sharing was switched off. Copy the new "
    "one and connect it: keepwarm connect ical ADDRESS"
)
TABLE: tuple[Row, ...] = (
    (401, None, AccessDenied, _GONE),
    (403, None, AccessDenied, _GONE),
    (404, None, AccessDenied, _GONE),
    (410, None, AccessDenied, _GONE),
    (408, None, ProviderUnavailable, "The calendar's server took too long ({status})."),
    (429, None, RateLimited, "The calendar's server asks for a pause ({status})."),
    (500, None, ProviderUnavailable, "The calendar's server has trouble just now ({status})."),
    (502, None, ProviderUnavailable, "The calendar's server has trouble just now ({status})."),
    (503, None, ProviderUnavailable, "The calendar's server has trouble just now ({status})."),
    (504, None, ProviderUnavailable, "The calendar's server took too long ({status})."),
)


def refusal(answer: Answer) -> ConnectorError:
    """Give the error that an answer other than 200 and 304 stands for."""
    pause = retry_after(answer.headers)
    row = find_row(TABLE, answer.status, ())
    if row is None:
        return ProtocolError(f"The calendar's server gave an answer keepwarm does not understand ({answer.status}).")
    _, _, kind, sentence = row
    said = sentence.format(status=answer.status)
    if kind is RateLimited or (kind is ProviderUnavailable and pause is not None):
        return RateLimited(said, retry_after=UNSAID_PAUSE if pause is None else pause)
    return kind(said)
