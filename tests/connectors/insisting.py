"""Reading over a line that breaks, as the worker does: each page is kept with its cursor, what broke is tried again."""

from collections.abc import Callable

from connectors.base import Connector, Cursor, Stream
from connectors.errors import ProviderUnavailable
from models.records import Record
from tests.connectors.contract import LONG_AGO


def insisting(opened: Callable[[], tuple[Connector, Stream]]) -> list[Record]:
    """Read a stream to its end; `opened` gives a new connector and the stream, and may break as well."""
    cursor: Cursor | None = None
    kept: list[Record] = []
    for _ in range(2000):
        try:
            connector, stream = opened()
            for page in connector.changes(stream, cursor, since=LONG_AGO):
                kept, cursor = kept + list(page.records), page.cursor
        except ProviderUnavailable:
            continue
        return kept
    raise AssertionError("it never came to an end")
