"""Connecting accounts: once, and again whenever it is needed, with history and cursors kept."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from connectors.base import Grant
from connectors.errors import ConnectorError
from models.accounts import Account, StreamState
from models.enums import Provider
from worker.accounts.open_connectors import open_connector
from worker.accounts.providers import PROVIDERS, SignIn
from worker.accounts.store import UnknownAccount, disconnect, ensure_account, keep_secret, secret_of
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.app.vault import WrongKey
from worker.ingest.learn import add_own_addresses
from worker.ingest.retired import close_calendars
from worker.storage.transactions import reading, writing


@dataclass(frozen=True, slots=True)
class Connected:
    """What was connected, and how its owner was known."""

    user_id: int
    account_id: int
    address: str
    evidence: str
    streams: int


def connect_account(runtime: Runtime, provider: Provider, how: SignIn, user_id: int | None = None) -> Connected:
    """Ask the person for consent at a provider, and store the account.

    Args:
        runtime: the installation.
        provider: one whose descriptor has a `sign_in`.
        how: how the person is asked.
        user_id: whose account it becomes; None makes a user of its address.

    Raises:
        UnknownAccount: the provider knows no sign-in.
        ConnectorError: with what to do about it; nothing was stored.
    """
    sign_in = PROVIDERS[provider].sign_in
    if sign_in is None:
        raise UnknownAccount(f"{PROVIDERS[provider].label} are connected without a sign-in.")
    return _store(runtime, provider, sign_in(runtime.settings, how), user_id)


def _store(runtime: Runtime, provider: Provider, grant: Grant, user_id: int | None) -> Connected:
    address, notes = grant.address.lower(), " ".join(grant.notes)
    with writing(runtime.engine) as connection:
        user = user_id if user_id is not None else add_user(connection, address, runtime.clock())
        account = ensure_account(connection, user, provider, address, runtime)
        connection.execute(
            update(Account)
            .where(Account.id == account)
            .values(scopes=" ".join(sorted(grant.scopes)), connected_at=runtime.clock(), trouble=notes or None)
        )
        add_own_addresses(connection, user, [address], why="its account is connected")
    keep_secret(runtime, account, grant.credentials)
    discover(runtime, account)
    with reading(runtime.engine) as connection:
        streams = len(connection.scalars(select(StreamState.id).where(StreamState.account_id == account)).all())
    return Connected(user, account, address, notes, streams)


def disconnect_account(runtime: Runtime, user_id: int, account_id: int, *, erase: bool) -> str:
    """Disconnect an account, and take the grant back where the provider offers that.

    Returns:
        What is left for the person to do, or "".
    """
    with reading(runtime.engine) as connection:
        provider = PROVIDERS[connection.scalars(select(Account.provider).where(Account.id == account_id)).one()]
    left = provider.withdraw
    if provider.revoke is not None:
        with suppress(ConnectorError, UnknownAccount, WrongKey):  # gone, unreadable or out of reach: the person can
            provider.revoke(runtime.settings, secret_of(runtime, account_id))
            left = ""
    disconnect(runtime, user_id, account_id, erase=erase)
    return left


def discover(runtime: Runtime, account_id: int) -> None:
    """Look for the streams of an account: new ones are added, missing_in_window ones retire with their history kept.

    Raises:
        ConnectorError: the account cannot be asked.
    """
    now = runtime.clock()
    found = {stream.name: stream for stream in open_connector(runtime, account_id).streams()}
    with writing(runtime.engine) as connection:
        user_id = connection.scalar(select(Account.user_id).where(Account.id == account_id))
        known = set(connection.scalars(select(StreamState.name).where(StreamState.account_id == account_id)))
        for name, stream in found.items():
            if name not in known:
                connection.execute(
                    insert(StreamState).values(
                        user_id=user_id, account_id=account_id, kind=stream.kind, name=name, title=stream.title,
                        round=0, sweeping=False, unfinished=True, failures=0, retired=False, fence=0,
                        interval=runtime.settings.poll_seconds,
                    )
                )  # fmt: skip
        closed = connection.scalars(
            select(StreamState.id).where(
                StreamState.account_id == account_id, ~StreamState.retired, StreamState.name.in_(known - found.keys())
            )
        ).all()
        close_calendars(connection, closed, now)
        for name in known:
            connection.execute(
                update(StreamState)
                .where(StreamState.account_id == account_id, StreamState.name == name)
                .values(retired=name not in found)
            )
        connection.execute(update(Account).where(Account.id == account_id).values(discovered_at=now, trouble=None))
