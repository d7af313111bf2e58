"""The one connection of a mailbox that everything in this process shares, folder after folder."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakValueDictionary, finalize

from connectors.errors import ConnectorError, NeedsReauthorisation, QuotaSpent
from connectors.imap.api.client import Client
from connectors.imap.auth import Access, signed_in

#: Seconds to wait for a free connection, and after which an idle connection is no longer trusted.
PATIENCE, FRESH = 30.0, 60.0
#: Bytes a day: Gmail blocks IMAP for up to 24 hours after 2,500 MB, and the person's other programs use it too.
DAILY = 1_000_000_000
DAY = 86_400.0


class Sessions:
    """Lends the connection to one stream at a time; whoever is refused once asks no second time."""

    def __init__(
        self, connect: Callable[[], Client], *, daily: int = DAILY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Lend what `connect` opens."""
        self._connect = connect
        self._clock = clock
        self._turn = Lock()
        self._client: Client | None = None
        self._dropping: finalize[[], Sessions] | None = None
        self._open: tuple[bytes, int] | None = None  # the folder that is open, with its UIDVALIDITY
        self._used_at = 0.0
        self._refused: NeedsReauthorisation | None = None
        self._daily = daily
        self._day_began = clock()
        self._spent = 0

    @contextmanager
    def signed_in(self) -> Iterator[Client]:
        """Lend the connection.

        Raises:
            ConnectorError: there is none available; what breaks in the caller's hands is closed.
        """
        if not self._turn.acquire(timeout=PATIENCE):
            raise QuotaSpent("imap.folder_in_use", retry_after=10.0)
        try:
            client = self._ready()
            before = client.wire.received
            try:
                yield client
            except BaseException:
                self._drop()
                raise
            finally:
                self._spent += client.wire.received - before
                self._used_at = self._clock()
        finally:
            self._turn.release()

    @contextmanager
    def opened(self, name: bytes) -> Iterator[tuple[Client, int]]:
        """Lend the connection with a folder open for reading, and the folder's UIDVALIDITY.

        Raises:
            ConnectorError: as `signed_in`; NotThere without such a folder.
        """
        with self.signed_in() as client:
            if self._open is None or self._open[0] != name:
                self._open = None
                self._open = name, client.examine(name)
            yield client, self._open[1]

    def close(self) -> None:
        """Close the connection, once no one uses it."""
        with self._turn:
            if self._client is not None:
                self._client.close()
                self._drop()

    def _ready(self) -> Client:
        if self._refused is not None:
            raise self._refused
        now = self._clock()
        if now - self._day_began >= DAY:
            self._day_began, self._spent = now, 0
        if self._spent >= self._daily:
            raise QuotaSpent(
                "imap.daily_limit",
                retry_after=self._day_began + DAY - now,
            )
        if self._client is not None and now - self._used_at > FRESH:
            self._drop()
        if self._client is not None:
            try:
                self._client.ask_news()  # of the folder that is open; and whether the server still listens
            except ConnectorError:
                self._drop()
        if self._client is None:
            try:
                self._client = client = self._connect()
                # unlike __del__, it runs before the connection itself is freed, also where both are freed at once
                self._dropping = finalize(self, client.drop)
            except NeedsReauthorisation as error:
                self._refused = error
                raise
        return self._client

    def _drop(self) -> None:
        if self._dropping is not None:
            self._dropping()
        self._client = self._open = self._dropping = None


_SHARED: WeakValueDictionary[tuple[Access, bool], Sessions] = WeakValueDictionary()
_SHARING = Lock()


def sessions_of(access: Access, *, private: bool) -> Sessions:
    """Return the sessions that all connectors of a mailbox share in this process, as long as one of them lives."""
    with _SHARING:
        sessions = _SHARED.get((access, private))
        if sessions is None:
            sessions = _SHARED[access, private] = Sessions(lambda: signed_in(access, private=private))
        return sessions
