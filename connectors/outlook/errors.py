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


class GatewayTimeout(ProviderUnavailable):
    """The answer took too long to make: a smaller page may do."""


class Unauthorised(ProviderUnavailable):
    """The access token was not accepted; `claims` is what a new one must be minted with, "" for nothing special.

    Transient, for only the token endpoint knows whether the sign-in itself has ended.
    """

    def __init__(self, code: str, /, *, claims: str = "", **fields: object) -> None:
        super().__init__(code, **fields)
        self.claims = claims


_TROUBLE = "Microsoft has trouble just now. keepwarm will try again."
_NO_MAILBOX = "This account has no mailbox at Microsoft 365 (none, unlicensed, or on the organization's own server)."
_DENIED = "Microsoft does not let keepwarm read this. If {scope} was refused, connect the account again and allow it."
_REREAD = "Microsoft no longer knows how far this was read. It is read again."

#: What Graph's refusals mean.
TABLE: tuple[Row, ...] = (
    (410, None, CursorExpired, _REREAD),
    (None, "syncstatenotfound", CursorExpired, _REREAD),
    (None, "syncstateinvalid", CursorExpired, _REREAD),
    (None, "resyncrequired", CursorExpired, _REREAD),
    (None, "mailboxnotenabledforrestapi", ProtocolError, _NO_MAILBOX),
    (
        400,
        "validationerror",
        ProtocolError,
        "Microsoft got no right answer at KEEPWARM_PUSH_URL. It must be reachable by https from anywhere.",
    ),
    (401, None, Unauthorised, "Microsoft did not accept a fresh sign-in just now. keepwarm will try again."),
    (403, None, AccessDenied, _DENIED),
    (404, None, NotFound, "What was asked for is no longer there."),
    (408, None, ProviderUnavailable, _TROUBLE),
    (423, None, ProviderUnavailable, "The mailbox is locked just now. keepwarm will try again."),
    (429, None, RateLimited, "Microsoft asks for a pause."),
    (500, None, ProviderUnavailable, _TROUBLE),
    (502, None, ProviderUnavailable, _TROUBLE),
    (503, None, ProviderUnavailable, _TROUBLE),
    (504, None, GatewayTimeout, "Microsoft took too long to answer. keepwarm will try again."),
    (507, None, ProviderUnavailable, _TROUBLE),
    (509, None, RateLimited, "Microsoft asks for a pause."),
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
        return ProtocolError(f"Microsoft gave an answer keepwarm does not understand ({status}, {code}).")
    kind, sentence = row[2], row[3].format(scope=scope)
    if kind is Unauthorised:
        return Unauthorised(sentence, claims=claims_in(headers.get("www-authenticate", "")))
    if kind is RateLimited or (issubclass(kind, ProviderUnavailable) and pause is not None):
        return RateLimited(sentence, retry_after=DEFAULT_PAUSE if pause is None else pause)
    return kind(sentence)


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


#: OAuth `error` (or `suberror`, looked for first) -> error and sentence. Entra asks to go by these.
OAUTH: Mapping[str, tuple[type[ConnectorError], str]] = {
    "consent_required": (TokenRevoked, "Microsoft wants your consent again. Connect the account again."),
    "invalid_grant": (TokenRevoked, "The sign-in at Microsoft was withdrawn or ran out. Connect the account again."),
    "interaction_required": (TokenRevoked, "Microsoft wants you to sign in again. Connect the account again."),
    "login_required": (TokenRevoked, "Microsoft wants you to sign in again. Connect the account again."),
    "access_denied": (NeedsReauthorisation, "The request was declined at Microsoft. Connect again and accept it."),
    "authorization_declined": (NeedsReauthorisation, "The request was declined at Microsoft. Connect again."),
    "expired_token": (NeedsReauthorisation, "The code ran out before it was entered. Connect again."),
    "bad_verification_code": (NeedsReauthorisation, "Microsoft does not know this code. Connect again."),
    "temporarily_unavailable": (ProviderUnavailable, "Microsoft's sign-in has trouble just now. Try again in a while."),
    "server_error": (ProviderUnavailable, "Microsoft's sign-in has trouble just now. Try again in a while."),
    "invalid_client": (
        ProtocolError,
        "Microsoft does not accept this application. Check KEEPWARM_MICROSOFT_CLIENT_SECRET (secrets expire).",
    ),
    "unauthorized_client": (
        ProtocolError,
        "Microsoft does not know this application for this kind of account. Check KEEPWARM_MICROSOFT_CLIENT_ID.",
    ),
    "invalid_scope": (
        ProtocolError,
        (
            "The application is not registered for the permissions keepwarm asks for. Add User.Read, Mail.ReadBasic and"
            " Calendars.ReadBasic to it at Microsoft."
        ),
    ),
}
ADMINISTRATOR = (
    "Your organization lets only its administrator allow this application. Ask the administrator to grant"
    " User.Read, Mail.ReadBasic and Calendars.ReadBasic, then connect again."
)
_MFA = "Your organization wants a second factor at sign-in. Connect the account again and complete it."
_FREQUENCY = "Your organization limits how long a sign-in lasts, and it has run out. Connect the account again."
_CONDITIONS = "Your organization's rules do not allow this sign-in from here. Ask the administrator."
_PASSWORD = "The password was changed or the sign-in was revoked. Connect the account again."  # noqa: S105 - a sentence
_CLIENT_KIND = (
    'The application is not registered as a public client. Allow "public client flows" in its registration at'
    " Microsoft, or set KEEPWARM_MICROSOFT_CLIENT_SECRET."
)
_TENANT = (
    "The application belongs to one organization, so the common sign-in page cannot be used. Set"
    " KEEPWARM_MICROSOFT_AUTHORITY to https://login.microsoftonline.com/YOUR-TENANT."
)

#: AADSTS numbers that know more than the OAuth error does: they choose the sentence, and the class where `error` is too
#: coarse. Meanings: learn.microsoft.com, "Entra authentication and authorization error codes".
AADSTS: Mapping[int, tuple[type[ConnectorError], str]] = {
    50173: (TokenRevoked, _PASSWORD),
    50133: (TokenRevoked, _PASSWORD),
    700082: (TokenRevoked, "The sign-in was not used for 90 days and has run out. Connect the account again."),
    70008: (TokenRevoked, "The sign-in was not used for too long and has run out. Connect the account again."),
    700084: (TokenRevoked, "The sign-in has reached the end of its life. Connect the account again."),
    70043: (TokenRevoked, _FREQUENCY),
    70044: (TokenRevoked, _FREQUENCY),
    50078: (TokenRevoked, _FREQUENCY),
    50076: (TokenRevoked, _MFA),
    50079: (TokenRevoked, _MFA),
    65001: (TokenRevoked, "keepwarm has no consent for this account (any more). Connect the account again."),
    65004: (NeedsReauthorisation, "The request was declined at Microsoft. Connect again and accept it."),
    90093: (NeedsReauthorisation, ADMINISTRATOR),
    90094: (NeedsReauthorisation, ADMINISTRATOR),
    90095: (NeedsReauthorisation, ADMINISTRATOR),
    90008: (NeedsReauthorisation, ADMINISTRATOR),
    900941: (NeedsReauthorisation, ADMINISTRATOR),
    50105: (NeedsReauthorisation, "You are not among those who may use this application. Ask the administrator."),
    53000: (NeedsReauthorisation, _CONDITIONS),
    53001: (NeedsReauthorisation, _CONDITIONS),
    53003: (NeedsReauthorisation, _CONDITIONS),
    530003: (NeedsReauthorisation, _CONDITIONS),
    50034: (NeedsReauthorisation, "Microsoft does not know this account. Check the address and connect again."),
    50057: (NeedsReauthorisation, "This account is disabled at Microsoft. Ask the administrator."),
    50020: (NeedsReauthorisation, "This account does not belong to the application's organization. Choose another."),
    50194: (ProtocolError, _TENANT),
    700016: (
        ProtocolError,
        "Microsoft does not know this application. Check KEEPWARM_MICROSOFT_CLIENT_ID (and _AUTHORITY).",
    ),
    50011: (
        ProtocolError,
        (
            "Microsoft refuses the way back to this machine. Add http://localhost as a redirect address of the"
            ' application ("Mobile and desktop applications").'
        ),
    ),
    7000218: (ProtocolError, _CLIENT_KIND),
    7000215: (ProtocolError, "Microsoft does not accept KEEPWARM_MICROSOFT_CLIENT_SECRET. Check it."),
    7000222: (
        ProtocolError,
        "KEEPWARM_MICROSOFT_CLIENT_SECRET has expired. Make a new one at Microsoft and set it.",
    ),
    90033: (ProviderUnavailable, "Microsoft's sign-in has trouble just now. Try again in a while."),
}
_NUMBER = re.compile(r"AADSTS([0-9]{4,8})\b", re.ASCII)


def sign_in_error(answer: Mapping[str, Any]) -> ConnectorError:
    """Say what an OAuth refusal of Entra's means and what to do about it; the number of the code goes along.

    Args:
        answer: the error body: `error`, `suberror`, `error_codes`, `error_description` where they are given.
    """
    for number in _numbers(answer):
        if number in AADSTS:
            kind, sentence = AADSTS[number]
            return kind(f"{sentence} (AADSTS{number})")
    for name in (answer.get("suberror"), answer.get("error")):
        if isinstance(name, str) and name in OAUTH:
            kind, sentence = OAUTH[name]
            return kind(sentence)
    return ProtocolError(f"Microsoft's sign-in gave an answer keepwarm does not understand ({answer.get('error')}).")


def _numbers(answer: Mapping[str, Any]) -> list[int]:
    codes = answer.get("error_codes")
    given = [code for code in codes if isinstance(code, int)] if isinstance(codes, list) else []
    return given or [int(number) for number in _NUMBER.findall(str(answer.get("error_description", ""))[:4000])]


def _codes(body: bytes) -> list[str]:
    """Give every error code in a Graph error body, the outermost first, in lower case."""
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
