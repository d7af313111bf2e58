"""What a CalDAV server's refusals mean: one table from status to what happens next (pure)."""

from connectors.caldav.api.multistatus import named_error
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    TokenRevoked,
)
from connectors.refusals import Row, find_row, retry_after
from connectors.web import Answer

UNSAID_PAUSE = 900.0


class TokenUnknown(ConnectorError):  # noqa: N818 - named by what happens next, as in connectors.errors
    """The server no longer takes a sync token: list the collection whole and compare."""


class NotSupported(ProtocolError):  # noqa: N818 - as TokenUnknown
    """The server does not know this request: ask in another way."""


class NotThere(ProtocolError):  # noqa: N818 - as TokenUnknown
    """What was asked for is not there."""


_BUSY = "calendar.unavailable"
TABLE: tuple[Row, ...] = (
    # 403, 409, 412 and once 500: they agree on the element alone (RFC 6578 3.2).
    (None, "valid-sync-token", TokenUnknown, "calendar.position_lost"),
    (
        401,
        None,
        TokenRevoked,
        "calendar.wrong_password",
    ),
    (402, None, NeedsReauthorisation, "calendar.no_caldav_plan"),
    (403, None, AccessDenied, "calendar.access_denied"),
    (404, None, NotThere, "calendar.calendar_gone"),
    (410, None, NotThere, "calendar.calendar_gone"),
    (400, None, NotSupported, "calendar.not_understood"),
    (405, None, NotSupported, "calendar.no_calendar_here"),
    (409, None, NotSupported, "calendar.not_understood"),
    (412, None, NotSupported, "calendar.not_understood"),
    (415, None, NotSupported, "calendar.not_understood"),
    (422, None, NotSupported, "calendar.not_understood"),
    (501, None, NotSupported, "calendar.unknown_request"),
    (408, None, ProviderUnavailable, _BUSY),
    (423, None, ProviderUnavailable, _BUSY),
    (429, None, RateLimited, "calendar.too_many_requests"),
    (500, None, ProviderUnavailable, _BUSY),
    (502, None, ProviderUnavailable, _BUSY),
    (503, None, ProviderUnavailable, _BUSY),
    (504, None, ProviderUnavailable, _BUSY),
    (507, None, ProviderUnavailable, _BUSY),
)


def refusal(answer: Answer) -> ConnectorError:
    """Return the error that an answer other than 207 stands for."""
    pause = retry_after(answer.headers)
    row = find_row(TABLE, answer.status, {named_error(answer.body)})
    if row is None:
        return ProtocolError("calendar.unknown_answer", detail=answer.status)
    _, _, kind, code = row
    wanted = answer.headers.get("www-authenticate", "").lower()
    if kind is TokenRevoked and wanted.startswith("digest"):
        return NeedsReauthorisation("calendar.digest_sign_in")
    if kind is RateLimited or (kind is ProviderUnavailable and pause is not None):
        return RateLimited(code, retry_after=UNSAID_PAUSE if pause is None else pause)
    return kind(code, detail=answer.status)
