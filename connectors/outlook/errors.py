"""What Microsoft's refusals mean: pure tables from (status, code) and from OAuth errors to the port's errors."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec

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

#: How long to wait where a refusal does not say, in seconds.
DEFAULT_PAUSE = 30.0


class NotFound(ProtocolError):  # noqa: N818 - as the port's errors are named
    """A folder or a message no longer exists; the connector decides what that means."""


class GatewayTimeout(ProviderUnavailable):
    """The answer took too long to make: a smaller page may do."""


class Unauthorised(NeedsReauthorisation):
    """The access token was not accepted; `claims` is what a new one must be minted with, "" for nothing special."""

    def __init__(self, message: str, *, claims: str = "") -> None:
        super().__init__(message)
        self.claims = claims


#: (status or None for any, code in lower case or None for any) -> what happens next and the sentence; the first row
#: that fits decides.
TABLE: tuple[tuple[int | None, str | None, type[ConnectorError], str], ...] = (
    (410, None, CursorExpired, "Microsoft no longer knows how far this folder was read; it is read again."),
    (None, "syncstatenotfound", CursorExpired, "Microsoft no longer knows how far this folder was read."),
    (None, "syncstateinvalid", CursorExpired, "Microsoft no longer accepts how far this folder was read."),
    (None, "resyncrequired", CursorExpired, "Microsoft asks to read this folder again."),
    (
        None,
        "mailboxnotenabledforrestapi",
        ProtocolError,
        "This account has no mailbox at Microsoft 365 (none, unlicensed, or on the organisation's own server).",
    ),
    (
        400,
        "validationerror",
        ProtocolError,
        "Microsoft got no right answer at KEEPWARM_PUSH_URL: it must be reachable by https from anywhere.",
    ),
    (401, None, Unauthorised, "Microsoft no longer accepts this sign-in: connect the account again."),
    (
        403,
        None,
        ScopeMissing,
        "Microsoft did not allow this to be read: connect again and agree to {scope}.",
    ),
    (404, None, NotFound, "What was asked for is no longer there."),
    (408, None, ProviderUnavailable, "Microsoft took too long to answer."),
    (423, None, ProviderUnavailable, "The mailbox is locked just now."),
    (429, None, RateLimited, "Microsoft asks for a pause."),
    (500, None, ProviderUnavailable, "Microsoft has trouble just now."),
    (502, None, ProviderUnavailable, "Microsoft has trouble just now."),
    (503, None, ProviderUnavailable, "Microsoft is not available just now."),
    (504, None, GatewayTimeout, "Microsoft took too long to answer."),
    (507, None, ProviderUnavailable, "Microsoft has trouble just now."),
    (509, None, RateLimited, "Microsoft asks for a pause."),
)


def graph_error(status: int, headers: Mapping[str, str], body: bytes, *, scope: str) -> ConnectorError:
    """The error that a Graph answer other than 2xx stands for; header names are lower case.

    A Retry-After makes whatever is transient a RateLimited: the pause it names must be kept either way.
    """
    codes = _codes(body)
    for row_status, row_code, kind, sentence in TABLE:
        if row_status not in {None, status} or (row_code is not None and row_code not in codes):
            continue
        pause = retry_after(headers)
        if kind is RateLimited or (issubclass(kind, ProviderUnavailable) and pause is not None):
            return RateLimited(sentence, retry_after=DEFAULT_PAUSE if pause is None else pause)
        if kind is ScopeMissing:
            return ScopeMissing(sentence.format(scope=scope), scope=scope)
        if kind is Unauthorised:
            return Unauthorised(sentence, claims=claims_in(headers.get("www-authenticate", "")))
        return kind(sentence)
    code = next(iter(codes), "no code")
    return ProtocolError(f"Microsoft gave an answer keepwarm does not understand ({status}, {code}).")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a Retry-After names, None without one; Microsoft's never is a date."""
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def claims_in(challenge: str) -> str:
    """The claims of a WWW-Authenticate challenge as JSON text, "" where it holds none."""
    found = re.search(r'claims="([A-Za-z0-9+/=_-]+)"', challenge)
    if not found or "insufficient_claims" not in challenge:
        return ""
    try:
        padded = found[1].replace("-", "+").replace("_", "/") + "=" * (-len(found[1]) % 4)
        return base64.b64decode(padded).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


#: OAuth `error` (or `suberror`, looked for first) -> what happens next and the sentence. Entra asks to go by these,
#: never by the text or the AADSTS number.
OAUTH: dict[str, tuple[type[ConnectorError], str]] = {
    "consent_required": (TokenRevoked, "Microsoft wants your consent again: connect the account again."),
    "invalid_grant": (
        TokenRevoked,
        "The sign-in at Microsoft was withdrawn or ran out: connect the account again.",
    ),
    "interaction_required": (TokenRevoked, "Your organisation wants you to sign in again: connect the account again."),
    "login_required": (TokenRevoked, "Microsoft wants you to sign in again: connect the account again."),
    "access_denied": (NeedsReauthorisation, "The request was declined at Microsoft: connect again and accept it."),
    "authorization_declined": (NeedsReauthorisation, "The request was declined at Microsoft: connect again."),
    "expired_token": (NeedsReauthorisation, "The code ran out before it was entered: connect again."),
    "bad_verification_code": (NeedsReauthorisation, "Microsoft does not know this code: connect again."),
    "temporarily_unavailable": (ProviderUnavailable, "Microsoft's sign-in is not available just now."),
    "server_error": (ProviderUnavailable, "Microsoft's sign-in has trouble just now."),
    "invalid_client": (
        ProtocolError,
        "Microsoft does not accept this application: check KEEPWARM_MICROSOFT_CLIENT_SECRET (secrets expire).",
    ),
    "unauthorized_client": (
        ProtocolError,
        "Microsoft does not know this application for this kind of account: check KEEPWARM_MICROSOFT_CLIENT_ID.",
    ),
    "invalid_scope": (ProtocolError, "The application is not registered for the scopes keepwarm asks for."),
}
#: AADSTS numbers that only choose the wording: an administrator has to agree first.
_ADMINISTRATOR = re.compile(r"AADSTS(?:90093|90094|90095)\b")
ADMINISTRATOR = (
    "Your organisation lets only its administrator allow this application: ask the administrator to grant"
    " User.Read, Mail.ReadBasic and Calendars.ReadBasic, then connect again."
)


def sign_in_error(answer: Mapping[str, Any]) -> ConnectorError:
    """The error that an OAuth refusal stands for."""
    if _ADMINISTRATOR.search(str(answer.get("error_description", ""))):
        return NeedsReauthorisation(ADMINISTRATOR)
    for name in (answer.get("suberror"), answer.get("error")):
        if name in OAUTH:
            kind, sentence = OAUTH[name]
            return kind(sentence)
    return ProtocolError(f"Microsoft's sign-in gave an answer keepwarm does not understand ({answer.get('error')}).")


def _codes(body: bytes) -> list[str]:
    """Every error code in a Graph error body, the outermost first, in lower case."""
    try:
        at = msgspec.json.decode(body).get("error")
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError):
        return []
    codes = []
    while isinstance(at, dict):
        if isinstance(at.get("code"), str):
            codes.append(at["code"].lower())
        at = at.get("innerError") or at.get("innererror")
    return codes
