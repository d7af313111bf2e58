"""Listening to providers that report news over an open connection: like push, it only brings the next reading forward.

One thread an account, at most MOST; whoever is not listened to is polled, as everyone is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from connectors.base import Listenable
from connectors.errors import ConnectorError, Transient
from models.accounts import Account
from worker.accounts.open_connectors import open_connector
from worker.accounts.providers import PROVIDERS
from worker.accounts.store import UnknownAccount
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.app.secrets.vault import WrongKey
from worker.storage.transactions import reading
from worker.sync.push import notify

#: Accounts listened to at once.
MOST = 50
#: Seconds after which a connection is made again: servers drop an idle one after half an hour.
ANEW = 25 * 60.0
#: Seconds between two looks at who is connected, and the pauses after a connection broke.
LOOK, PAUSE, LONGEST = 30.0, 10.0, 3600.0

log = Logger(__name__)


class Listeners:
    """The threads that listen, each until its account is no longer there or refuses."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._stop = threading.Event()
        self._listening: dict[tuple[int, datetime], threading.Thread] = {}
        self._refused: set[tuple[int, datetime]] = set()
        self._connected: frozenset[tuple[int, datetime]] = frozenset()
        self._looking = threading.Thread(target=self._look, name="listening", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._looking.start()

    def stop(self) -> None:
        """End, within a few seconds."""
        self._stop.set()
        for thread in (self._looking, *self._listening.values()):
            thread.join(5)

    def _look(self) -> None:
        while True:
            self._connected = self._accounts()
            self._listening = {each: thread for each, thread in self._listening.items() if thread.is_alive()}
            for account in sorted(self._connected - self._listening.keys() - self._refused):
                if len(self._listening) >= MOST:
                    break
                thread = threading.Thread(target=self._listen, args=(account,), name="listening", daemon=True)
                self._listening[account] = thread
                thread.start()
            if self._stop.wait(LOOK):
                return

    def _accounts(self) -> frozenset[tuple[int, datetime]]:
        listening = [name for name, provider in PROVIDERS.items() if provider.listens]
        with reading(self.runtime.engine) as connection:
            rows = connection.execute(
                select(Account.id, Account.connected_at).where(
                    Account.provider.in_(listening), Account.state == "active"
                )
            )
            return frozenset((row.id, row.connected_at) for row in rows)

    def _listen(self, account: tuple[int, datetime]) -> None:
        pause = PAUSE
        while not self._ended(account):
            try:
                connector = open_connector(self.runtime, account[0])
                if not isinstance(connector, Listenable):
                    return
                for _ in connector.listen(ANEW, lambda: self._ended(account)):
                    notify(self.runtime, account[0])
                    pause = PAUSE
            except Transient as error:
                log.info("not listening", account=account[0], error=type(error).__name__)
                self._stop.wait(pause)
                pause = min(2 * pause, LONGEST)
            except (ConnectorError, UnknownAccount, WrongKey) as error:
                # A refusal is not repeated: its next reading reports it.
                self._refused.add(account)
                log.info("no longer listening", account=account[0], error=type(error).__name__)
                return

    def _ended(self, account: tuple[int, datetime]) -> bool:
        return self._stop.is_set() or account not in self._connected


@contextmanager
def listening_to_providers(runtime: Runtime) -> Iterator[Listeners]:
    """Listen until the block is left."""
    listeners = Listeners(runtime)
    listeners.start()
    try:
        yield listeners
    finally:
        listeners.stop()
