"""Connecting accounts: once, and again whenever it is needed, with history and cursors kept."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

from connectors.base import Grant, Stream
from connectors.errors import ConnectorError, NeedsReauthorisation, Transient
from models.accounts import Account, StreamState
from models.enums import Provider
from worker.accounts.open_connectors import open_connector
from worker.accounts.providers import PROVIDERS, SignIn
from worker.accounts.store import UnknownAccount, disconnect, ensure_account, follow_rename, keep_secret, secret_of
from worker.app.runtime import Runtime
from worker.app.secrets.vault import WrongKey
from worker.app.users import add_user
from worker.ingest.classify.filters import Filters
from worker.ingest.learn import add_own_addresses, filters_of
from worker.ingest.meetings.retired import close_calendars
from worker.ingest.redaction.traces import belongs_to_forgotten, without_traces
from worker.storage.transactions import reading, writing
from worker.wording.errors.sentence import sentence

#: What remains of an erased account's address: a hash, so that emails to it are not taken for someone else's.
STILL_YOURS = (
    "Emails you sent to its address from your other accounts still count as sent to yourself; "
    "if the address isn't yours, run `keepwarm me remove ADDRESS`."
)


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
        raise UnknownAccount("account.no_sign_in", provider=PROVIDERS[provider].label)
    wanted = how.login_hint or _waiting(runtime, provider, user_id)
    grant = sign_in(runtime.settings, replace(how, login_hint=wanted))
    if wanted is not None:
        _check_choice(runtime, provider, grant, wanted.lower(), user_id)
    return store_grant(runtime, provider, grant, user_id)


def _waiting(runtime: Runtime, provider: Provider, user_id: int | None) -> str | None:
    """Return the account that waits to be connected again, if it is the only one of its provider."""
    with reading(runtime.engine) as connection:
        waiting = connection.scalars(
            select(Account.address).where(
                Account.user_id == user_id, Account.provider == provider, Account.state == "needs_person"
            )
        ).all()
    return waiting[0] if len(waiting) == 1 else None


def _check_choice(runtime: Runtime, provider: Provider, grant: Grant, wanted: str, user_id: int | None) -> None:
    """Make sure that the mailbox chosen in the browser is the one that was to be connected.

    Raises:
        NeedsReauthorisation: it is another one; nothing was stored.
    """
    chosen = grant.address.lower()
    if chosen == wanted or wanted in grant.aliases:
        return
    with reading(runtime.engine) as connection:
        subject = connection.scalar(
            select(Account.subject).where(
                Account.user_id == user_id, Account.provider == provider, Account.address == wanted
            )
        )
    if not subject or subject != grant.subject:
        raise NeedsReauthorisation("account.other_mailbox", chosen=chosen, wanted=wanted, provider=provider)


def store_grant(runtime: Runtime, provider: Provider, grant: Grant, user_id: int | None) -> Connected:
    """Store the account that a grant opens, or connect it again, and look for its streams.

    Raises:
        ConnectorError: the account is stored, but cannot be asked.
    """
    address, notes = grant.address.lower(), " ".join(grant.notes)
    with writing(runtime.engine) as connection:
        user = user_id if user_id is not None else add_user(connection, address, runtime.clock())
        follow_rename(connection, runtime, user, provider, address, grant.subject)
        account = ensure_account(connection, user, provider, address, runtime)
        connection.execute(
            update(Account)
            .where(Account.id == account)
            .values(
                scopes=" ".join(sorted(grant.scopes)),
                connected_at=runtime.clock(),
                trouble=notes or None,
                subject=grant.subject or Account.subject,
            )
        )
        own = [address, *grant.aliases]  # what the provider states of the mailbox
        add_own_addresses(connection, user, own, why="its account is connected", account_id=account)
    keep_secret(runtime, account, grant.credentials)
    try:
        discover(runtime, account)
    except Transient as failure:  # it is connected: its streams are looked for again
        with writing(runtime.engine) as connection:
            connection.execute(update(Account).where(Account.id == account).values(trouble=sentence(failure)))
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
    if disconnect(runtime, user_id, account_id, erase=erase):
        left = f"{left} {STILL_YOURS}".strip()
    return left


def discover(runtime: Runtime, account_id: int) -> None:
    """Look for the streams of an account: new ones are added, those that vanished retire with their history kept.

    Where the provider denies the list of a kind, those of that kind stay as they are: reading them says why.

    Raises:
        ConnectorError: the account cannot be asked.
    """
    now = runtime.clock()
    found = {stream.name: stream for stream in open_connector(runtime, account_id).streams()}
    denied = {stream.kind: stream.denied for stream in found.values() if stream.denied}
    with writing(runtime.engine) as connection:
        user_id = connection.scalar(select(Account.user_id).where(Account.id == account_id))
        rows = connection.execute(
            select(StreamState.name, StreamState.kind, StreamState.retired).where(StreamState.account_id == account_id)
        ).all()
        standing = {row.kind for row in rows if not row.retired and row.kind in denied}
        found = {name: stream for name, stream in found.items() if not (stream.denied and stream.kind in standing)}
        known = {row.name for row in rows if row.kind not in denied}
        filters = filters_of(connection, user_id or 0, "", keep_subjects=runtime.settings.keep_subjects)
        found = {name: one for name, one in found.items() if not belongs_to_forgotten(name, filters)}
        there = {row.name for row in rows}
        added = [stream for name, stream in found.items() if name not in there]
        if added:
            new = _rows(added, user_id, account_id, filters, interval=runtime.settings.poll_seconds)
            connection.execute(insert(StreamState), new)
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


def _rows(
    streams: Iterable[Stream], user_id: int | None, account_id: int, filters: Filters, *, interval: int
) -> list[dict[str, Any]]:
    """Make the rows of new streams; their titles lose traces of forgotten people."""
    return [
        {
            "user_id": user_id, "account_id": account_id, "kind": stream.kind, "name": stream.name,
            "title": without_traces(stream.title, filters), "round": 0, "sweeping": False, "unfinished": True,
            "failures": 0, "retired": False, "fence": 0, "interval": interval,
        }
        for stream in streams
    ]  # fmt: skip
