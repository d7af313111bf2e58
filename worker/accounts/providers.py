"""One table of providers: how the connector of each kind of account is opened."""

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, select

from connectors.archive.connector import ArchiveConnector
from connectors.base import Connector
from models.accounts import Account
from models.enums import Provider, StreamKind
from worker.accounts.rate_limits import PATIENCE, AccountPause, decode_usage, encode_usage
from worker.accounts.store import UnknownAccount, keep_secret, secret_of
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.storage.transactions import reading

if TYPE_CHECKING:
    from connectors.gmail.auth import GoogleEndpoints
    from connectors.gmail.rate_limit import RateLimits
    from connectors.outlook.auth import MicrosoftEndpoints
    from connectors.outlook.rate_limit import RateLimiter


#: Connectors a process keeps open beyond their turns.
MOST = 64


@dataclass
class Opened:
    """The connectors this process has open, one for each stream, and what the streams of an account share.

    A connector may hold what it has listed and a connection, so the ones used last are kept, as long as their accounts
    are not connected anew; however many accounts there are, memory and sockets stay bounded.
    """

    connectors: OrderedDict[tuple[int, int], tuple[datetime, Connector]] = field(default_factory=OrderedDict)
    paces: dict[int, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def connector(self, account_id: int, stream_id: int, since: datetime, make: Callable[[], Connector]) -> Connector:
        """Give the connector of a stream, as it is open since its account was connected, or a new one."""
        with self.lock:
            held = self.connectors.pop((account_id, stream_id), None)
        connector = held[1] if held is not None and held[0] == since else make()
        with self.lock:
            self.connectors[account_id, stream_id] = since, connector
            while len(self.connectors) > MOST:  # one that is in use is held by whoever uses it
                self.connectors.popitem(last=False)
        return connector

    def pace(self, account_id: int, make: Callable[[], Any]) -> Any:
        """Give the one pause that all streams of an account share."""
        with self.lock:
            if account_id not in self.paces:
                self.paces[account_id] = make()
            return self.paces[account_id]


_OPENED: dict[Engine, Opened] = {}


def _opened(runtime: Runtime) -> Opened:
    """What this process has open for one installation: tests and tools open several."""
    return _OPENED.setdefault(runtime.engine, Opened())


def gmail_rate_limits(runtime: Runtime, account_id: int) -> "RateLimits":
    """Give what is left of a Gmail account's quota in this process."""
    from connectors.gmail.rate_limit import RateLimits, Units

    def pace() -> RateLimits:
        budget = Units(per_minute=runtime.settings.google_units_per_minute)
        if runtime.settings.embedded:
            return RateLimits.of(budget)
        # a process with other accounts to read does not wait for one's units
        return RateLimits.of(budget, max_wait=0, clock=lambda: runtime.clock().timestamp())

    shared: RateLimits = _opened(runtime).pace(account_id, pace)
    return shared


def outlook_rate_limiter(runtime: Runtime, account_id: int) -> "RateLimiter":
    """Give the places of an Outlook account in this process, and the pause that all processes share."""
    from connectors.outlook.rate_limit import RateLimiter

    def pacer() -> RateLimiter:
        if runtime.settings.embedded:
            return RateLimiter()
        return RateLimiter(max_wait=PATIENCE, pause=AccountPause(runtime, account_id))

    shared: RateLimiter = _opened(runtime).pace(account_id, pacer)
    return shared


def quota_usage(runtime: Runtime) -> dict[int, tuple[int, int]]:
    """Say for each account with a budget what this process has spent in the last minute, and what is allowed."""
    paces = list(_opened(runtime).paces.items())
    mail = [(account, getattr(pace, "mail", None)) for account, pace in paces]
    return {account: (pacer.used(), pacer.per_minute) for account, pacer in mail if pacer is not None}


def restore_usage(runtime: Runtime, lease: Any) -> None:
    """Have this process know what the stream it has just taken spent under its former readers; `lease` is its row."""
    pacer = _handed_on(runtime, lease)
    if pacer is not None:
        pacer.restore(decode_usage(lease.usage))


def usage_of(runtime: Runtime, lease: Any) -> dict[str, str | None]:
    """Give what its next reader has to know, as values of the stream's row."""
    pacer = _handed_on(runtime, lease)
    return {} if pacer is None else {"usage": encode_usage(pacer.usage())}


def _handed_on(runtime: Runtime, lease: Any) -> Any:
    """Find the pacer whose memory goes along with a stream's lease: Gmail's mail has a quota of its own."""
    if runtime.settings.embedded or lease.kind != StreamKind.MAIL:
        return None
    return getattr(_opened(runtime).paces.get(lease.account_id), "mail", None)


def google_endpoints(settings: Settings) -> "GoogleEndpoints":
    """Say where Google is, and as which client it is asked."""
    from connectors.gmail.auth import GoogleEndpoints

    return GoogleEndpoints(
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        auth_uri=settings.google_auth_uri,
        token_uri=settings.google_token_uri,
        api_root=settings.google_api_root.rstrip("/"),
        ca_bundle=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE"),
    )


def microsoft_endpoints(settings: Settings) -> "MicrosoftEndpoints":
    """Say where Microsoft is, and as which application it is asked."""
    from connectors.outlook.auth import MicrosoftEndpoints

    return MicrosoftEndpoints(
        client_id=settings.microsoft_client_id,
        client_secret=settings.microsoft_client_secret.get_secret_value(),
        authority=settings.microsoft_authority,
        graph_root=settings.graph_root,
    )


def _archive(runtime: Runtime, account: Any) -> Connector:
    return ArchiveConnector([Path(path) for path in json.loads(account.sources)], now=runtime.clock())


def _gmail(runtime: Runtime, account: Any) -> Connector:
    from connectors.gmail.connector import GmailConnector

    return GmailConnector(
        google_endpoints(runtime.settings),
        secret_of(runtime, account.id),
        save=lambda text: keep_secret(runtime, account.id, text),
        limits=gmail_rate_limits(runtime, account.id),
        clock=runtime.clock,
    )


def _outlook(runtime: Runtime, account: Any) -> Connector:
    from connectors.outlook.connector import OutlookConnector

    return OutlookConnector(
        microsoft_endpoints(runtime.settings),
        account.address,
        secret_of(runtime, account.id),
        save=lambda text: keep_secret(runtime, account.id, text),
        limiter=outlook_rate_limiter(runtime, account.id),
        clock=runtime.clock,
    )


OPENERS: Mapping[str, Callable[[Runtime, Any], Connector]] = {
    Provider.ARCHIVE: _archive,
    Provider.GMAIL: _gmail,
    Provider.OUTLOOK: _outlook,
}


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
        raise UnknownAccount(f"Account {account_id} is gone.")
    if not stream_id or account.provider == Provider.ARCHIVE:  # files cost nothing to open anew, and may have changed
        return OPENERS[account.provider](runtime, account)
    return _opened(runtime).connector(
        account_id, stream_id, account.connected_at, lambda: OPENERS[account.provider](runtime, account)
    )
