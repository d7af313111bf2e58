"""The accounts of a user: connecting them, opening their connectors, letting them go."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from connectors.archive.connector import ArchiveConnector
from connectors.base import Connector, Page
from models.accounts import Account, Secret, StreamState
from models.base import moment
from models.enums import Provider
from models.history import Sighting
from models.records import ExportedRecord, Record
from worker.db import reading, writing
from worker.ingest import rows
from worker.ingest.learn import claim, stale
from worker.runtime import Runtime
from worker.users import add_user

#: Records looked at in each stream to find out whose archive it is.
SAMPLE = 2000

#: Seconds until a stream is looked at again after something new came.
SOON = 120


class OwnerUnclear(Exception):  # noqa: N818 - says what is wrong
    """Nothing in the archive says whose it is."""


class UnknownAccount(Exception):  # noqa: N818 - says what is wrong
    """No account of the user has this address."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What was connected, and how its owner was known."""

    user_id: int
    account_id: int
    address: str
    evidence: str
    streams: int


def connect_archive(
    runtime: Runtime, paths: Sequence[Path], *, me: Sequence[str] = (), user_id: int | None = None
) -> Connected:
    """Connect files that hold mail or calendars; nothing is read yet but a sample that tells whose they are.

    Raises:
        OwnerUnclear: say it with --me.
        ConnectorError: a path cannot be read.
    """
    now = runtime.clock()
    connector = ArchiveConnector(paths, now=now)
    streams = connector.streams()
    mine, evidence = [address.lower() for address in me], "you said so"
    if not mine:
        sample = [record for stream in streams for record in _sample(connector.changes(stream, None, since=moment(0)))]
        mine = sorted({record.account for record in sample if isinstance(record, ExportedRecord)})
        evidence = "the export names it"
        from connectors.archive.owner import owner_of

        if not mine and (owner := owner_of(sample)):
            mine, evidence = list(owner.addresses), owner.evidence
    with writing(runtime.engine) as connection:
        if not mine and user_id is not None:
            mine = list(connection.scalars(select(Account.address).where(Account.user_id == user_id).limit(1)))
            evidence = "it is connected already"
        if not mine:
            raise OwnerUnclear(
                "Nothing in these files says whose they are. "
                "Say it: keepwarm connect archive PATH... --me you@example.org"
            )
        user = user_id if user_id is not None else add_user(connection, mine[0], now)
        account = ensure_account(connection, user, Provider.ARCHIVE, mine[0], runtime)
        known: list[str] = json.loads(connection.scalar(select(Account.sources).where(Account.id == account)) or "[]")
        sources = sorted({*known, *(str(path) for path in connector.paths)})
        connection.execute(update(Account).where(Account.id == account).values(sources=json.dumps(sources)))
        claim(connection, user, mine, why=evidence)
    return Connected(user, account, mine[0], evidence, len(streams))


def _sample(pages: Iterable[Page]) -> Iterable[Record]:
    records = (record for page in pages for record in page.records)
    return islice(records, SAMPLE)


def ensure_account(connection: Connection, user_id: int, provider: Provider, address: str, runtime: Runtime) -> int:
    """Find or make the account row; an account connected again keeps its streams, cursors and history."""
    own = (Account.user_id == user_id, Account.provider == provider, Account.address == address)
    found = connection.scalar(select(Account.id).where(*own))
    if found is not None:
        connection.execute(
            update(Account).where(Account.id == found).values(state="active", trouble=None, paused_until=None)
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


def open_connector(runtime: Runtime, account_id: int) -> Connector:
    """Open the connector of an account.

    Raises:
        UnknownAccount: it is gone.
        WrongKey: its secret does not open.
    """
    with reading(runtime.engine) as connection:
        account = connection.execute(
            select(Account.provider, Account.sources).where(Account.id == account_id)
        ).one_or_none()
    if account is None:
        raise UnknownAccount(f"Account {account_id} is gone.")
    return ArchiveConnector([Path(path) for path in json.loads(account.sources)], now=runtime.clock())


def discover(runtime: Runtime, account_id: int) -> None:
    """Look for the streams of an account: new ones are added, vanished ones retire with their history kept.

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
                        round=0, sweeping=False, unfinished=True, failures=0, retired=False, fence=0, interval=SOON,
                    )
                )  # fmt: skip
        for name in known:
            connection.execute(
                update(StreamState)
                .where(StreamState.account_id == account_id, StreamState.name == name)
                .values(retired=name not in found)
            )
        connection.execute(update(Account).where(Account.id == account_id).values(discovered_at=now, trouble=None))


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
    raise UnknownAccount(f"{'More than one' if fits else 'No'} account is called {address}. There are: {there}")


def disconnect(runtime: Runtime, user_id: int, account_id: int, *, erase: bool) -> None:
    """Let an account go: its secret is destroyed; its history stays, or goes where no other account tells it."""
    with writing(runtime.engine) as connection:
        connection.execute(delete(Secret).where(Secret.account_id == account_id))
        if not erase:
            connection.execute(
                update(Account).where(Account.id == account_id).values(state="disconnected", trouble=None)
            )
            return
        streams = select(StreamState.id).where(StreamState.account_id == account_id)
        told = set(
            connection.scalars(
                select(Sighting.identity).where(Sighting.stream_id.in_(streams), Sighting.identity != "")
            )
        )
        connection.execute(delete(Sighting).where(Sighting.stream_id.in_(streams)))
        still = set(connection.scalars(select(Sighting.identity).where(Sighting.user_id == user_id)))
        stale(connection, user_id, told & still)
        rows.remove(connection, user_id, told - still)
        connection.execute(delete(Account).where(Account.id == account_id))
