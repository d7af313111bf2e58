"""Every command keepwarm has for an IMAP server. What is not listed here never leaves the socket (api.wire).

No command names a body, a whole header, an attachment or a flag, and none changes anything: folders are opened with
EXAMINE and headers asked for by name with BODY.PEEK (RFC 3501).
"""

import re
from datetime import date
from typing import NamedTuple

from connectors.headers import READ

#: The header fields that are asked for; Received only where the server's own time can't be believed.
FIELDS = tuple(sorted(name.upper() for name in READ - {"received", "x-gmail-labels", "x-status"}))
_HEADERS = f"BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]"

#: What one FETCH may ask for: nothing but these.
MAIL = f"(UID INTERNALDATE {_HEADERS})".encode()
GMAIL = f"(UID INTERNALDATE X-GM-THRID X-GM-LABELS {_HEADERS})".encode()
RECEIVED = b"(UID BODY.PEEK[HEADER.FIELDS (RECEIVED)])"
DATES = b"(UID INTERNALDATE)"
UIDS = b"(UID)"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ITEMS = b"|".join(re.escape(items) for items in (MAIL, GMAIL, RECEIVED, DATES, UIDS))
_PERMITTED = re.compile(
    rb"CAPABILITY|NOOP|LOGOUT|STARTTLS|IDLE"
    rb"|AUTHENTICATE PLAIN|LOGIN \? \?"
    rb'|ID \("name" "keepwarm"\)'
    rb'|LIST "" "\*"(?: RETURN \(SPECIAL-USE\))?|XLIST "" "\*"'
    rb"|EXAMINE \?"
    rb"|UID SEARCH (?:RETURN \(ALL\) )?ALL"
    rb"|UID SEARCH SINCE [0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{4}"
    rb"|(?:UID )?FETCH [0-9:,*]{1,8000} (?:" + _ITEMS + rb")"
)


class Command(NamedTuple):
    """The words of a command, its arguments (quoted on their way), and what a "+" of the server is answered with."""

    words: bytes
    arguments: tuple[bytes, ...] = ()
    reply: bytes | None = None

    @property
    def permitted(self) -> bool:
        """Whether this is one of the commands there are."""
        return _PERMITTED.fullmatch(self.words + b" ?" * len(self.arguments)) is not None


def since(day: date) -> bytes:
    """Return a day as SEARCH wants it (RFC 3501, date)."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}".encode()
