"""Reports that an email was not delivered: what they say in their headers of which email, and for which recipients.

A delivery status notification (RFC 3464) names the failed recipients in its body, which is never read. Gmail and Exim
name them in X-Failed-Recipients too; which email it was, In-Reply-To says (Gmail, Exchange), or the last of References
(Exim). Postfix, qmail and others say it in the body alone.
Reports of delay, relay or success, and read receipts (RFC 8098), are no failures.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from connectors.addresses import mailboxes
from connectors.text import LONGEST_REMEMBERED, decoded

NAMES = ("x-failed-recipients", "content-type", "from", "return-path", "in-reply-to", "references", "subject")
_DAEMON = re.compile(r"\b(?:mailer-daemon|postmaster|microsoftexchange[0-9a-f]*|mail-daemon|mdaemon)@", re.IGNORECASE)
_NO_FAILURE = re.compile(
    r"delay|warning|incomplete|still being|will be retried|relayed|success|delivered to|expand|read:|receipt"
    r"|verz[öo]ger|retard|différ|demor|retras|ritard|vertrag",
    re.IGNORECASE,
)
MOST = 20
#: The mark of a report of failure, followed by the recipients it names.
FAILED = "failed="


def failed_recipients(headers: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the recipients a report of failure names, () where it names none; None for any other email."""
    named = headers.get("x-failed-recipients", "")
    if not _is_daemon(headers.get("from", "")):
        if headers.get("return-path", "").strip() != "<>":
            return None
        kind = headers.get("content-type", "").lower()
        report = kind.lstrip().startswith("multipart/report") and "disposition-notification" not in kind
        if not (named or report):
            return None
    if _NO_FAILURE.search(decoded(headers.get("subject", ""))[:300]):
        return None
    return tuple(sorted({box.address.lower() for box in mailboxes(named)}))[:MOST]


def _is_daemon(sender: str) -> bool:
    return _searched(sender) if len(sender) < LONGEST_REMEMBERED else _DAEMON.search(sender) is not None


@lru_cache(maxsize=4096)  # machines repeat themselves
def _searched(sender: str) -> bool:
    return _DAEMON.search(sender) is not None
