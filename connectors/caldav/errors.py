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


_BUSY = "The calendar server has trouble just now ({status})."
TABLE: tuple[Row, ...] = (
    # 403, 409, 412 and once 500: they agree on the element alone (RFC 6578 3.2).
    (None, "valid-sync-token", TokenUnknown, "The calendar server no longer knows how far this calendar was read."),
    (
        401,
        None,
        TokenRevoked,
        "The calendar server refused the user name or the password. Check both, then connect again.",
    ),
    (402, None, NeedsReauthorisation, "This account's plan has no CalDAV ({status})."),
    (403, None, AccessDenied, "The calendar server does not let this be read ({status})."),
    (404, None, NotThere, "The calendar is no longer there."),
    (410, None, NotThere, "The calendar is no longer there."),
    (400, None, NotSupported, "The calendar server does not understand keepwarm ({status})."),
    (405, None, NotSupported, "There is no calendar at this address ({status})."),
    (409, None, NotSupported, "The calendar server does not understand keepwarm ({status})."),
    (412, None, NotSupported, "The calendar server does not understand keepwarm ({status})."),
    (415, None, NotSupported, "The calendar server does not understand keepwarm ({status})."),
    (422, None, NotSupported, "The calendar server does not understand keepwarm ({status})."),
    (501, None, NotSupported, "The calendar server does not know this request ({status})."),
    (408, None, ProviderUnavailable, _BUSY),
    (423, None, ProviderUnavailable, _BUSY),
    (429, None, RateLimited, "The calendar server asks for a pause ({status})."),
    (500, None, ProviderUnavailable, _BUSY),
    (502, None, ProviderUnavailable, _BUSY),
    (503, None, ProviderUnavailable, _BUSY),
    (504, None, ProviderUnavailable, _BUSY),
    (507, None, ProviderUnavailable, _BUSY),
)


def refusal(answer: Answer) -> ConnectorError:
    """Give the error that an answer other than 207 stands for."""
    pause = retry_after(answer.headers)
    row = find_row(TABLE, answer.status, {named_error(answer.body)})
    if row is None:
        return ProtocolError(f"The calendar server gave an answer keepwarm does not understand ({answer.status}).")
    _, _, kind, sentence = row
    said = sentence.format(status=answer.status)
    wanted = answer.headers.get("www-authenticate", "").lower()
    if kind is TokenRevoked and wanted.startswith("digest"):
        return NeedsReauthorisation("The calendar server wants Digest sign-in, which keepwarm doesn't have: use Basic.")
    if kind is RateLimited or (kind is ProviderUnavailable and pause is not None):
        return RateLimited(said, retry_after=UNSAID_PAUSE if pause is None else pause)
    return kind(said)
