"""The hook for whoever must see the user's own sent mail: it runs in the transaction that stores the page."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.engine import Connection

from models.records import EmailRecord
from worker.ingest.classify.filters import Filters


class SentMailObserver(Protocol):
    """Acts on what the user has sent, such as a delivered digest or a request to unsubscribe."""

    def __call__(self, connection: Connection, user_id: int, mails: Sequence[EmailRecord], filters: Filters) -> None:
        """Look at the emails of one page; only those in `Place.SENT` were sent by the user."""
