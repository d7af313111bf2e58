"""Waiting for a server's notification of new mail (IDLE, RFC 2177), on a separate connection; it may be missed."""

import re
import time
from collections.abc import Callable, Iterator

from connectors.errors import ProviderUnavailable
from connectors.imap.api.client import Client

#: Seconds between two looks at whether to stop.
LOOK = 1.0
_NEWS = re.compile(rb"\* \d+ (?:EXISTS|EXPUNGE)\b", re.IGNORECASE)
_KEPT = 8192


def news(client: Client, folder: bytes, seconds: float, stop: Callable[[], bool]) -> Iterator[None]:
    """Yield something whenever the server says that a folder has changed; end after so many seconds, or at `stop`.

    Servers drop who idles for half an hour, so ask for less. The connection is of no further use.

    Raises:
        ConnectorError: the server knows no IDLE, or the connection broke.
    """
    client.examine(folder)
    client.wire.begin_idle()
    connection = client.wire.connection
    connection.settimeout(LOOK)
    until, said = time.monotonic() + seconds, b""
    while time.monotonic() < until and not stop():
        try:
            data = connection.recv(_KEPT)
        except TimeoutError:
            continue
        except OSError as error:
            raise ProviderUnavailable("imap.closed") from error
        if not data:
            raise ProviderUnavailable("imap.closed")
        said = (said + data)[-_KEPT:]
        if _NEWS.search(said):
            said = b""
            yield
