"""What an IMAP server's refusals mean: one table from its words to what happens next (pure).

Servers say the same things in many ways: the response codes of RFC 5530 where they use them, else their own words.
"""

import re

from connectors.errors import (
    ConnectorError,
    NeedsReauthorisation,
    ProtocolError,
    ProviderUnavailable,
    RateLimited,
    TokenRevoked,
)
from connectors.text import clean, from_bytes


class NotThere(ProtocolError):  # noqa: N818 - named by what happens next, as in connectors.errors
    """The folder that was asked for does not exist (any more)."""


#: (what its words match, whether only at sign-in, what happens next, the code, the pause in seconds); the first row
#: that fits decides.
TABLE: tuple[tuple[re.Pattern[str], bool, type[ConnectorError], str, float], ...] = tuple(
    (re.compile(words, re.IGNORECASE), signing_in, kind, code, pause)
    for words, signing_in, kind, code, pause in (
        (
            r"OVERQUOTA|bandwidth",
            False, RateLimited, "imap.over_quota", 3600.0,
        ),
        (
            r"not connected|too many|simultaneous|maximum number of conn|rate limit|\[(?:LIMIT|INUSE|THROTTLED)\]",
            False, RateLimited, "imap.too_many_connections", 900.0,
        ),
        (
            r"\[(?:UNAVAILABLE|SERVERBUG|CORRUPTION)|temporar|try again|internal|timed? ?out|maintenance|overloaded",
            False, ProviderUnavailable, "imap.unavailable", 0.0,
        ),
        (
            r"app(?:lication)?[- ](?:specific )?password|app password",
            True, NeedsReauthorisation,
            "imap.app_password", 0.0,
        ),
        (
            r"not enabled for imap|imap (?:access )?(?:is )?(?:disabled|not enabled|not allowed)|enable imap",
            True, NeedsReauthorisation,
            "imap.switched_off", 0.0,
        ),
        (
            r"web ?browser|WEBALERT|weblogin|web login",
            True, NeedsReauthorisation,
            "imap.browser_first", 0.0,
        ),
        (
            r"\[EXPIRED\]|password (?:has )?expired",
            True, NeedsReauthorisation, "imap.password_expired", 0.0,
        ),
        (
            r"\[(?:CONTACTADMIN|AUTHORIZATIONFAILED|NOPERM)\]",
            True, NeedsReauthorisation,
            "imap.not_allowed", 0.0,
        ),
        (
            r"",
            True, TokenRevoked,
            "imap.wrong_password", 0.0,
        ),
        (
            r"\[(?:NONEXISTENT|TRYCREATE)\]|not exist|unknown mailbox|no such|not found",
            False, NotThere, "imap.folder_gone", 0.0,
        ),
    )
)  # fmt: skip


def refusal(status: bytes, text: bytes, *, signing_in: bool = False) -> ConnectorError:
    """Return the error that a NO, BAD or BYE stands for."""
    said = clean(from_bytes(text), 200)
    for words, only_at_sign_in, kind, code, pause in TABLE:
        if (only_at_sign_in and not signing_in) or words.search(said) is None:
            continue
        return RateLimited(code, retry_after=pause) if issubclass(kind, RateLimited) else kind(code, detail=said)
    if status == b"BAD":
        return ProtocolError("imap.not_understood", detail=said)
    return ProviderUnavailable("imap.refused", detail=said)
