"""What every HTTP provider's refusals share: a table from (status, code) to an error, pauses, and https for secrets."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from connectors.errors import ConnectorError, ProtocolError

#: (status or None for any, lower-case code or None for any, error class, code of the catalogue).
Row = tuple[int | None, str | None, type[ConnectorError], str]

#: The only hosts a secret may be sent to without TLS: this machine, for tests and the demo.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: No provider's pause is believed to be longer than this, in seconds.
LONGEST_PAUSE = 86_400.0
_SECONDS = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*", re.ASCII)


def find_row(table: Sequence[Row], status: int, codes: Collection[str]) -> Row | None:
    """Find the first row that fits a refusal.

    Args:
        table: rows in order of precedence.
        status: the HTTP status.
        codes: every error code or reason the body names, in lower case.
    """
    for row in table:
        if row[0] in {None, status} and (row[1] is None or row[1] in codes):
            return row
    return None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).

    Args:
        headers: by lower-case name.
        now: the moment a date is compared with, the present if None.

    Returns:
        Seconds from `now`, between 0 and LONGEST_PAUSE; None where the header is missing or unreadable.
    """
    value = headers.get("retry-after")
    if not value:
        return None
    if found := _SECONDS.fullmatch(value):
        return bounded_pause(float(found[1]))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return bounded_pause((until - (now or datetime.now(UTC))) / timedelta(seconds=1))


def bounded_pause(seconds: float) -> float:
    """Keep a pause between 0 and LONGEST_PAUSE seconds."""
    return min(max(seconds, 0.0), LONGEST_PAUSE) if math.isfinite(seconds) else LONGEST_PAUSE


def require_https(address: str, setting: str) -> None:
    """Refuse an address that a secret would reach in the clear.

    Args:
        address: where a token, a password or a client secret is to be sent.
        setting: the name of the setting that holds the address, for the person.

    Raises:
        ProtocolError: it is neither https nor on this machine.
    """
    try:
        parts = urlsplit(address)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
            return
    except ValueError:
        pass
    raise ProtocolError("network.not_https", address=address, setting=setting)
