"""What Microsoft's refusals mean: pure tables from (status, code) and from OAuth errors to the port's errors.

Sources: learn.microsoft.com, "Microsoft Graph error responses", "Entra authentication and authorization error codes".
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from connectors.errors import (
    AccessDenied,
    ConnectorError,
    CursorExpired,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    TokenRevoked,
)
from connectors.refusals import Row, find_row, retry_after

#: How long to wait where a refusal does not say, in seconds.
DEFAULT_PAUSE = 30.0


class NotFound(ProtocolError):  # noqa: N818 - named by what happens next, as the port's tree is
    """A folder or a message no longer exists; the connector decides what that means."""


class BadRequest(ProtocolError):  # noqa: N818 - named by what happens next, as the port's tree is
    """The request as such is refused; of a link that Graph itself gave: it no longer holds."""


class GatewayTimeout(ProviderUnavailable):
    """The answer took too long to make: a smaller page may do."""


class Unauthorised(ProviderUnavailable):
    """The access token was not accepted; `claims` is what a new one must be minted with, "" for nothing special.

    Transient, for only the token endpoint knows whether the sign-in itself has ended.
    """

    def __init__(self, code: str, /, *, claims: str = "", **fields: object) -> None:
        super().__init__(code, **fields)
        self.claims = claims


_TROUBLE = "microsoft.unavailable"
_REREAD = "microsoft.position_lost"

#: What Graph's refusals mean.
TABLE: tuple[Row, ...] = (
    (410, None, CursorExpired, _REREAD),
    (None, "syncstatenotfound", CursorExpired, _REREAD),
    (None, "syncstateinvalid", CursorExpired, _REREAD),
    (None, "resyncrequired", CursorExpired, _REREAD),
    (None, "mailboxnotenabledforrestapi", ProtocolError, "microsoft.no_mailbox"),
    (
        400,
        "validationerror",
        ProtocolError,
        "microsoft.push_not_reached",
    ),
    (401, None, Unauthorised, "microsoft.fresh_sign_in_refused"),
    (403, None, AccessDenied, "microsoft.access_denied"),
    (404, None, NotFound, "microsoft.not_found"),
    (408, None, ProviderUnavailable, _TROUBLE),
    (423, None, ProviderUnavailable, "microsoft.mailbox_locked"),
    (429, None, RateLimited, "microsoft.too_many_requests"),
    (500, None, ProviderUnavailable, _TROUBLE),
    (502, None, ProviderUnavailable, _TROUBLE),
    (503, None, ProviderUnavailable, _TROUBLE),
    (504, None, GatewayTimeout, "microsoft.too_slow"),
    (507, None, ProviderUnavailable, _TROUBLE),
    (509, None, RateLimited, "microsoft.too_many_requests"),
)


def graph_error(status: int, headers: Mapping[str, str], body: bytes, *, scope: str) -> ConnectorError:
    """Say what a Graph answer other than 2xx stands for.

    A Retry-After makes whatever is transient a RateLimited: the pause it names must be kept either way.

    Args:
        status: the HTTP status.
        headers: by lower-case name.
        body: the error body, in whatever shape.
        scope: the permission the call needs, for the person.
    """
    codes = _codes(body)
    row = find_row(TABLE, status, codes)
    pause = retry_after(headers)
    if row is None:
        if status >= 500:
            return ProviderUnavailable(_TROUBLE)
        code = next(iter(codes), "no code")
        unknown = BadRequest if status == 400 else ProtocolError
        return unknown("microsoft.unknown_answer", detail=f"{status}, {code}")
    kind, code = row[2], row[3]
    if kind is Unauthorised:
        return Unauthorised(code, claims=claims_in(headers.get("www-authenticate", "")))
    if kind is RateLimited or (issubclass(kind, ProviderUnavailable) and pause is not None):
        return RateLimited(code, retry_after=DEFAULT_PAUSE if pause is None else pause)
    return kind(code, scope=scope)


def claims_in(challenge: str) -> str:
    """Read the claims of a WWW-Authenticate challenge as JSON text, "" where it holds none (Entra claims challenge)."""
    found = re.search(r'claims="([A-Za-z0-9+/=_-]+)"', challenge)
    if not found or "insufficient_claims" not in challenge:
        return ""
    try:
        padded = found[1].replace("-", "+").replace("_", "/") + "=" * (-len(found[1]) % 4)
        return base64.b64decode(padded).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


ADMINISTRATOR = "microsoft.needs_administrator"

#: OAuth `error` (or `suberror`, looked for first) -> error and code. Entra asks to go by these.
OAUTH: Mapping[str, tuple[type[ConnectorError], str]] = {
    "consent_required": (TokenRevoked, "microsoft.consent_again"),
    "invalid_grant": (TokenRevoked, "microsoft.expired"),
    "interaction_required": (TokenRevoked, "microsoft.sign_in_again"),
    "login_required": (TokenRevoked, "microsoft.sign_in_again"),
    "access_denied": (NeedsReauthorisation, "microsoft.declined"),
    "authorization_declined": (NeedsReauthorisation, "microsoft.declined"),
    "expired_token": (NeedsReauthorisation, "microsoft.code_expired"),
    "bad_verification_code": (NeedsReauthorisation, "microsoft.wrong_code"),
    "temporarily_unavailable": (ProviderUnavailable, "microsoft.sign_in_unavailable"),
    "server_error": (ProviderUnavailable, "microsoft.sign_in_unavailable"),
    "invalid_client": (ProtocolError, "microsoft.client_refused"),
    "unauthorized_client": (ProtocolError, "microsoft.wrong_account_kind"),
    "invalid_scope": (ProtocolError, "microsoft.scopes_not_registered"),
}

#: AADSTS numbers that know more than the OAuth error does: they choose the code, and the class where `error` is too
#: coarse. Meanings: learn.microsoft.com, "Entra authentication and authorization error codes".
AADSTS: Mapping[int, tuple[type[ConnectorError], str]] = {
    50173: (TokenRevoked, "microsoft.password_changed"),
    50133: (TokenRevoked, "microsoft.password_changed"),
    700082: (TokenRevoked, "microsoft.unused_90_days"),
    70008: (TokenRevoked, "microsoft.unused"),
    700084: (TokenRevoked, "microsoft.end_of_life"),
    70043: (TokenRevoked, "microsoft.session_limit"),
    70044: (TokenRevoked, "microsoft.session_limit"),
    50078: (TokenRevoked, "microsoft.session_limit"),
    50076: (TokenRevoked, "microsoft.second_factor"),
    50079: (TokenRevoked, "microsoft.second_factor"),
    65001: (TokenRevoked, "microsoft.no_consent"),
    65004: (NeedsReauthorisation, "microsoft.declined"),
    90093: (NeedsReauthorisation, ADMINISTRATOR),
    90094: (NeedsReauthorisation, ADMINISTRATOR),
    90095: (NeedsReauthorisation, ADMINISTRATOR),
    90008: (NeedsReauthorisation, ADMINISTRATOR),
    900941: (NeedsReauthorisation, ADMINISTRATOR),
    50105: (NeedsReauthorisation, "microsoft.not_assigned"),
    53000: (NeedsReauthorisation, "microsoft.conditional_access"),
    53001: (NeedsReauthorisation, "microsoft.conditional_access"),
    53003: (NeedsReauthorisation, "microsoft.conditional_access"),
    530003: (NeedsReauthorisation, "microsoft.conditional_access"),
    50034: (NeedsReauthorisation, "microsoft.unknown_account"),
    50057: (NeedsReauthorisation, "microsoft.account_disabled"),
    50020: (NeedsReauthorisation, "microsoft.foreign_account"),
    50194: (ProtocolError, "microsoft.one_organization"),
    700016: (ProtocolError, "microsoft.unknown_client"),
    50011: (ProtocolError, "microsoft.redirect_missing"),
    7000218: (ProtocolError, "microsoft.not_public"),
    7000215: (ProtocolError, "microsoft.wrong_secret"),
    7000222: (ProtocolError, "microsoft.secret_expired"),
    90033: (ProviderUnavailable, "microsoft.sign_in_unavailable"),
}
_NUMBER = re.compile(r"AADSTS([0-9]{4,8})\b", re.ASCII)


def sign_in_error(answer: Mapping[str, Any]) -> ConnectorError:
    """Say what an OAuth refusal of Entra's means and what to do about it; the number of the code goes along.

    Args:
        answer: the error body: `error`, `suberror`, `error_codes`, `error_description` where they are given.
    """
    for number in _numbers(answer):
        if number in AADSTS:
            kind, code = AADSTS[number]
            return kind(code, detail=f"AADSTS{number}")
    for name in (answer.get("suberror"), answer.get("error")):
        if isinstance(name, str) and name in OAUTH:
            kind, code = OAUTH[name]
            return kind(code)
    return ProtocolError("microsoft.sign_in_unknown_answer", detail=answer.get("error"))


def _numbers(answer: Mapping[str, Any]) -> list[int]:
    codes = answer.get("error_codes")
    given = [code for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
    return given or [int(number) for number in _NUMBER.findall(str(answer.get("error_description", ""))[:4000])]


def _codes(body: bytes) -> list[str]:
    """Return every error code in a Graph error body, the outermost first, in lower case."""
    try:
        at = msgspec.json.decode(body).get("error")
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError, RecursionError):
        return []
    codes = []
    while isinstance(at, dict):
        if isinstance(at.get("code"), str):
            codes.append(at["code"].lower())
        at = at.get("innerError") or at.get("innererror")
    return codes
