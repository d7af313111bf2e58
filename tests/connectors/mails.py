"""Mail text for tests, written out by code."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

START = datetime(2024, 1, 1, 9, 30, tzinfo=UTC)


def mail(number: int, *, feed: bytes = b"\n", extra: str = "", body: str = "Hello.\n") -> bytes:
    """An ordinary mail, the `number`-th of an endless correspondence."""
    at = START + timedelta(days=number)
    text = (
        f"Message-ID: <m{number}@example.org>\n"
        f"Date: {format_datetime(at)}\n"
        f"From: Ann Example <ann@example.org>\n"
        f'To: "Roe, Bob" <bob{number % 3}@example.net>,\n cy@example.com\n'
        f"Subject: Letter {number}\n{extra}"
        f"\n{body}"
    )
    return text.encode().replace(b"\n", feed)


def mbox(*mails: bytes, feed: bytes = b"\n") -> bytes:
    """The mails as an mbox."""
    return b"".join(b"From ann@example.org Mon Jan  1 09:30:00 2024" + feed + each + feed for each in mails)
