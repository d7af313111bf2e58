"""The errors a connector may raise, grouped by what happens next.

ConnectorError
├── Transient                 retry later
│   ├── RateLimited             after `retry_after` seconds; the whole account waits
│   │   └── QuotaSpent            as RateLimited, but only this stream waits
│   └── ProviderUnavailable
│       └── Unconfirmed         it may have been done all the same
├── NeedsReauthorisation      ask the person
│   ├── TokenRevoked
│   └── ScopeMissing
├── AccessDenied              stop this stream alone, notify the person, look again tomorrow
├── CursorExpired             resynchronize from None and reconcile
└── ProtocolError             stop this stream and notify the operator

The class says what happens next; the code and the fields say what happened (models.errors).
"""

from models.errors import CodedError


class ConnectorError(CodedError):
    """The only kind of exception that leaves a connector."""


class Transient(ConnectorError):  # noqa: N818 - named by what happens next, as the design's tree is
    """It may work later without anyone doing anything."""


class RateLimited(Transient):
    """The provider asks for a pause of `retry_after` seconds."""

    def __init__(self, code: str, /, *, retry_after: float, **fields: object) -> None:
        super().__init__(code, **fields)
        self.retry_after = retry_after


class QuotaSpent(RateLimited):
    """What this stream may ask for is used up for `retry_after` seconds; the account's other streams may go on."""


class ProviderUnavailable(Transient):
    """The provider, or the way to it, is down."""


class Unconfirmed(ProviderUnavailable):
    """What was asked for may have been done: the answer was lost."""


class NeedsReauthorisation(ConnectorError):  # noqa: N818 - as Transient
    """Only the person can help: connect the account again."""


class TokenRevoked(NeedsReauthorisation):
    """The grant was withdrawn or has run out."""


class ScopeMissing(NeedsReauthorisation):
    """The grant does not cover what is needed; `scope` names it."""

    def __init__(self, code: str, /, *, scope: str, **fields: object) -> None:
        super().__init__(code, scope=scope, **fields)
        self.scope = scope


class AccessDenied(ConnectorError):  # noqa: N818 - as Transient
    """This stream may not be read: an API is switched off, a calendar or folder is closed; all others go on."""


class CursorExpired(ConnectorError):  # noqa: N818 - as Transient
    """The provider no longer knows the cursor: read again from None and reconcile."""


class ProtocolError(ConnectorError):
    """The provider answered what this connector does not understand."""
