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


#: (what its words match, whether only at sign-in, what happens next, the sentence, the pause in seconds); the first row
#: that fits decides.
TABLE: tuple[tuple[re.Pattern[str], bool, type[ConnectorError], str, float], ...] = tuple(
    (re.compile(words, re.IGNORECASE), signing_in, kind, sentence, pause)
    for words, signing_in, kind, sentence, pause in (
        (
            r"OVERQUOTA|bandwidth",
            False, RateLimited, "The mail server's limit for today is used up; keepwarm waits.", 3600.0,
        ),
        (
            r"not connected|too many|simultaneous|maximum number of conn|rate limit|\[(?:LIMIT|INUSE|THROTTLED)\]",
            False, RateLimited, "The mail server has too many connections just now; keepwarm waits.", 900.0,
        ),
        (
            r"\[(?:UNAVAILABLE|SERVERBUG|CORRUPTION)|temporar|try again|internal|timed? ?out|maintenance|overloaded",
            False, ProviderUnavailable, "The mail server has trouble just now.", 0.0,
        ),
        (
            r"app(?:lication)?[- ](?:specific )?password|app password",
            True, NeedsReauthorisation,
            "The mail server wants an app password. Make one in your account's settings, then connect again.", 0.0,
        ),
        (
            r"not enabled for imap|imap (?:access )?(?:is )?(?:disabled|not enabled|not allowed)|enable imap",
            True, NeedsReauthorisation,
            "IMAP is switched off for this account. Switch it on in your mailbox's settings, then connect again.", 0.0,
        ),
        (
            r"web ?browser|WEBALERT|weblogin|web login",
            True, NeedsReauthorisation,
            "The mail server wants you to sign in once with a browser. Do that, then connect again.", 0.0,
        ),
        (
            r"\[EXPIRED\]|password (?:has )?expired",
            True, NeedsReauthorisation, "The password has expired. Set a new one, then connect again.", 0.0,
        ),
        (
            r"\[(?:CONTACTADMIN|AUTHORIZATIONFAILED|NOPERM)\]",
            True, NeedsReauthorisation,
            "The mail server does not let this account in by IMAP. Ask its administrator, then connect again.", 0.0,
        ),
        (
            r"",
            True, TokenRevoked,
            "The mail server did not accept the user name or the password. Check both, then connect again.", 0.0,
        ),
        (
            r"\[(?:NONEXISTENT|TRYCREATE)\]|not exist|unknown mailbox|no such|not found",
            False, NotThere, "The folder is no longer there.", 0.0,
        ),
    )
)  # fmt: skip


def refusal(status: bytes, text: bytes, *, signing_in: bool = False) -> ConnectorError:
    """Give the error that a NO, BAD or BYE stands for."""
    said = clean(from_bytes(text), 200)
    for words, only_at_sign_in, kind, meaning, pause in TABLE:
        if (only_at_sign_in and not signing_in) or words.search(said) is None:
            continue
        sentence = f"{meaning} (It said: {said})" if said else meaning
        return RateLimited(sentence, retry_after=pause) if issubclass(kind, RateLimited) else kind(sentence)
    if status == b"BAD":
        return ProtocolError(f"The mail server did not understand keepwarm. Please report this. (It said: {said})")
    return ProviderUnavailable(f"The mail server refused just now. (It said: {said or 'nothing'})")
