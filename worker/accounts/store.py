"""The accounts of a user: their rows, their sealed secrets, and letting them go."""

from contextlib import suppress
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account, PushSubscription, Secret, SendingConsent, StreamState
from models.enums import Provider
from models.errors import CodedError
from worker.app.runtime import Runtime
from worker.app.secrets.vault import SecretOwner, WrongKey
from worker.ingest.learn import relearn
from worker.ingest.meetings.retired import close_calendars, erase_streams
from worker.storage.bulk import put
from worker.storage.learning import learn_anew
from worker.storage.transactions import reading, writing


class UnknownAccount(CodedError):  # noqa: N818 - says what is wrong
    """No account of the user has this address."""


def ensure_account(connection: Connection, user_id: int, provider: Provider, address: str, runtime: Runtime) -> int:
    """Find or make the account row; an account connected again keeps its streams, cursors and history."""
    own = (Account.user_id == user_id, Account.provider == provider, Account.address == address)
    found = connection.scalar(select(Account.id).where(*own))
    if found is not None:
        connection.execute(
            update(Account)
            .where(Account.id == found)
            .values(state="active", trouble=None, reported_at=None, paused_until=None)
        )
        connection.execute(
            update(StreamState).where(StreamState.account_id == found).values(failures=0, trouble=None, due_at=None)
        )
        return found
    row: dict[str, Any] = {
        "user_id": user_id,
        "provider": provider,
        "address": address,
        "connected_at": runtime.clock(),
    }
    row |= {"state": "active", "scopes": "", "sources": "[]"}
    return connection.execute(insert(Account).values(**row).returning(Account.id)).scalar_one()


def follow_rename(
    connection: Connection, runtime: Runtime, user_id: int, provider: Provider, address: str, subject: str
) -> None:
    """Let an account keep its history under the new address that its provider gave it; `subject` is its lasting id."""
    own = (Account.user_id == user_id, Account.provider == provider)
    taken = connection.scalar(select(Account.id).where(*own, Account.address == address))
    found = connection.scalar(select(Account.id).where(*own, Account.subject == subject)) if subject else None
    if taken is not None or found is None:
        return
    kept: dict[str, str] = {}  # sealed for the old address
    for row in connection.execute(select(Secret.purpose, Secret.sealed).where(Secret.account_id == found)).all():
        with suppress(WrongKey):  # it says so itself when it is used next
            kept[row.purpose] = runtime.vault.open(row.sealed, _owner(connection, found, row.purpose))
    connection.execute(update(Account).where(Account.id == found).values(address=address))
    for purpose, secret in kept.items():
        put_secret(connection, runtime, found, secret, purpose)


def keep_secret(runtime: Runtime, account_id: int, secret: str, purpose: str = "read") -> None:
    """Seal what opens an account to read it, or to send from it, in place of what did before."""
    with writing(runtime.engine) as connection:
        put_secret(connection, runtime, account_id, secret, purpose)


def put_secret(connection: Connection, runtime: Runtime, account_id: int, secret: str, purpose: str) -> None:
    """Seal it within a transaction that does more."""
    owner = _owner(connection, account_id, purpose)
    put(
        connection,
        Secret,
        ("account_id", "purpose", "sealed", "key"),
        [(account_id, purpose, runtime.vault.seal(secret, owner), runtime.vault.newest)],
        "ON CONFLICT (account_id, purpose) DO UPDATE SET sealed = excluded.sealed, key = excluded.key",
    )


def secret_of(runtime: Runtime, account_id: int, purpose: str = "read") -> str:
    """Open what opens an account to read it, or to send from it.

    Raises:
        UnknownAccount: nothing is kept for it: it was disconnected.
        WrongKey: the key at hand does not fit, or what is kept was sealed for another account or purpose.
    """
    with reading(runtime.engine) as connection:
        sealed = connection.scalar(
            select(Secret.sealed).where(Secret.account_id == account_id, Secret.purpose == purpose)
        )
        if sealed is None:
            raise UnknownAccount("account.disconnected")
        owner = _owner(connection, account_id, purpose)
    return runtime.vault.open(sealed, owner)


def _owner(connection: Connection, account_id: int, purpose: str) -> SecretOwner:
    row = connection.execute(
        select(Account.user_id, Account.provider, Account.address).where(Account.id == account_id)
    ).one()
    return SecretOwner(row.user_id, row.provider, row.address, purpose)


def find_account(connection: Connection, user_id: int, address: str) -> int:
    """Find an account by its address, or by provider:address where two share it.

    Raises:
        UnknownAccount: with the ones there are.
    """
    provider, _, rest = address.partition(":")
    known = connection.execute(
        select(Account.id, Account.provider, Account.address).where(Account.user_id == user_id)
    ).all()
    fits: list[int] = [
        row.id for row in known if address == row.address or (provider, rest) == (row.provider, row.address)
    ]
    if len(fits) == 1:
        return fits[0]
    there = ", ".join(f"{row.provider}:{row.address}" for row in known) or "none"
    raise UnknownAccount("account.ambiguous" if fits else "account.unknown", address=address, there=there)


def disconnect(runtime: Runtime, user_id: int, account_id: int, *, erase: bool) -> bool:
    """Disconnect an account: delete its secrets; keep its history, or erase what came from it alone.

    Returns whether an address of the user's own went with it, which is kept as a hash.
    """
    # erasing knows every place where something may lie: who reads or opens an account needs none of it
    from worker.decisions.erase.account import already_named, drop_decisions, own_now, remember_as_own
    from worker.decisions.erase.person import drop_digest_texts

    with writing(runtime.engine) as connection:
        for kept in (Secret, SendingConsent, PushSubscription):
            connection.execute(delete(kept).where(kept.account_id == account_id))
        streams = connection.scalars(select(StreamState.id).where(StreamState.account_id == account_id)).all()
        if not erase:
            close_calendars(connection, streams, runtime.clock())
            connection.execute(
                update(Account).where(Account.id == account_id).values(state="disconnected", trouble=None)
            )
            return False
        own = own_now(connection, user_id)
        said = already_named(connection, user_id, streams)
        erase_streams(connection, user_id, streams)
        connection.execute(delete(Account).where(Account.id == account_id))
        drop_digest_texts(connection, user_id)
        relearn(connection, user_id)
        drop_decisions(connection, user_id, said)
        remembered = remember_as_own(connection, user_id, own - own_now(connection, user_id), runtime.clock())
        learn_anew(connection, user_id)
        return remembered
