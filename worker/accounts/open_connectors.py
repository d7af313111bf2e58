"""The connectors a process keeps open, and what the streams of one account share: its rate limits."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import select

from connectors.base import Connector
from models.accounts import Account
from models.enums import StreamKind
from worker.accounts.providers import PROVIDERS, ProviderDescriptor
from worker.accounts.rate_limits import decode_usage, encode_usage
from worker.accounts.store import UnknownAccount
from worker.app.runtime import Runtime
from worker.storage.transactions import reading

#: Connectors a process keeps open while no one uses them.
MOST = 64


@dataclass
class OpenConnectors:
    """The connectors one process has open for one installation, and the rate limits of each account.

    A connector may hold what it has listed and a connection, so the ones used last are kept, as long as their accounts
    are not connected again; however many accounts there are, memory and sockets stay bounded.
    """

    connectors: OrderedDict[tuple[int, int], tuple[datetime, Connector]] = field(default_factory=OrderedDict)
    limits: dict[int, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def connector(self, account_id: int, stream_id: int, since: datetime, make: Callable[[], Connector]) -> Connector:
        """Return the connector of a stream, as it is open since its account was connected, or a new one."""
        with self.lock:
            found = self.connectors.pop((account_id, stream_id), None)
        connector = found[1] if found is not None and found[0] == since else make()
        with self.lock:
            self.connectors[account_id, stream_id] = since, connector
            while len(self.connectors) > MOST:  # one that is in use is kept by whoever uses it
                self.connectors.popitem(last=False)
        return connector

    def limits_of(self, account_id: int, make: Callable[[], Any]) -> Any:
        """Return the one set of limits that all streams of an account share."""
        with self.lock:
            if account_id not in self.limits:
                self.limits[account_id] = make()
            return self.limits[account_id]


def rate_limits_of(runtime: Runtime, provider: ProviderDescriptor, account_id: int) -> Any:
    """Return what all streams and the sender of an account share in this process; None where there are no limits."""
    make = provider.rate_limits
    if make is None:
        return None
    return runtime.shared(OpenConnectors).limits_of(account_id, lambda: make(runtime, account_id))


def quota_usage(runtime: Runtime) -> dict[int, tuple[int, int]]:
    """Say for each account with a budget what this process has used in the last minute, and what is allowed."""
    limits = list(runtime.shared(OpenConnectors).limits.items())
    mail = [(account, getattr(each, "mail", None)) for account, each in limits]
    return {account: (budget.used(), budget.per_minute) for account, budget in mail if budget is not None}


def restore_usage(runtime: Runtime, lease: Any) -> None:
    """Have this process know what the stream it has just leased used under its former readers; `lease` is its row."""
    budget = _budget(runtime, lease)
    if budget is not None:
        budget.restore(decode_usage(lease.usage))


def usage_of(runtime: Runtime, lease: Any) -> dict[str, str | None]:
    """Return what its next reader has to know, as values of the stream's row."""
    budget = _budget(runtime, lease)
    return {} if budget is None else {"usage": encode_usage(budget.usage())}


def _budget(runtime: Runtime, lease: Any) -> Any:
    """Find the budget whose memory goes along with a stream's lease: Gmail's mail has a quota of its own."""
    if runtime.settings.embedded or lease.kind != StreamKind.MAIL:
        return None
    return getattr(runtime.shared(OpenConnectors).limits.get(lease.account_id), "mail", None)


def open_connector(runtime: Runtime, account_id: int, stream_id: int = 0) -> Connector:
    """Open the connector of an account for one of its streams, or take the one that is open (0: for looking around).

    Raises:
        UnknownAccount: it is gone, or disconnected.
        WrongKey: its secret does not open.
        ConnectorError: its secret is unreadable.
    """
    with reading(runtime.engine) as connection:
        account = connection.execute(
            select(Account.id, Account.provider, Account.address, Account.sources, Account.connected_at).where(
                Account.id == account_id
            )
        ).one_or_none()
    if account is None:
        raise UnknownAccount("account.gone", number=account_id)
    provider = PROVIDERS[account.provider]
    if not stream_id or provider.local:
        return provider.open(runtime, account)
    return runtime.shared(OpenConnectors).connector(
        account_id, stream_id, account.connected_at, lambda: provider.open(runtime, account)
    )
