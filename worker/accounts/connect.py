"""Connecting accounts: once, and again whenever it is needed, with history and cursors kept."""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, select, update

from connectors.archive.connector import ArchiveConnector
from connectors.archive.owner import owner_of
from connectors.base import Page
from connectors.errors import ConnectorError
from models.accounts import Account, StreamState
from models.base import moment
from models.enums import Provider
from models.records import BadRecord, EmailRecord, ExportedRecord, MeetingRecord, Record
from worker.accounts.providers import google_endpoints, microsoft_endpoints, open_connector
from worker.accounts.store import UnknownAccount, disconnect, ensure_account, keep_secret, secret_of
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.app.vault import WrongKey
from worker.ingest.learn import add_own_addresses
from worker.ingest.retired import close_calendars
from worker.storage.transactions import reading, writing

#: Records looked at in each stream to find out whose archive it is.
SAMPLE = 2000

#: Where a person takes a grant back where keepwarm could not.
WITHDRAW = {
    Provider.GMAIL: "Google could not be told: remove keepwarm at myaccount.google.com/connections",
    Provider.OUTLOOK: "Only you can withdraw consent: at account.live.com/consent/Manage, or myapps.microsoft.com",
}


class NothingToRead(Exception):  # noqa: N818 - says what is wrong
    """The files hold neither mail nor meetings."""


class OwnerUnclear(Exception):  # noqa: N818 - says what is wrong
    """Nothing in the archive says whose it is."""


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
        NothingToRead: they hold neither mail nor meetings, and it is not said whose they are.
        OwnerUnclear: say it with --me.
        ConnectorError: a path cannot be read.
    """
    now = runtime.clock()
    connector = ArchiveConnector(paths, now=now)
    streams = connector.streams()
    mine, evidence = [address.lower() for address in me], "you said so"
    if not mine:
        sample = [record for stream in streams for record in _sample(connector.changes(stream, None, since=moment(0)))]
        if not any(isinstance(record, EmailRecord | MeetingRecord | ExportedRecord) for record in sample):
            raise NothingToRead(_why_not(sample))
        mine = sorted({record.account for record in sample if isinstance(record, ExportedRecord)})
        evidence = "the export names it"
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
        add_own_addresses(connection, user, mine, why=evidence)
    return Connected(user, account, mine[0], evidence, len(streams))


def _sample(pages: Iterable[Page]) -> Iterable[Record]:
    records = (record for page in pages for record in page.records)
    return islice(records, SAMPLE)


def _why_not(sample: Iterable[Record]) -> str:
    """Say that there is neither mail nor a calendar, with the first thing that stood against it."""
    bad = next((record for record in sample if isinstance(record, BadRecord)), None)
    where = f" ({bad.where}: {bad.reason})" if bad else ""
    return (
        f"No mail and no meetings can be read there{where}. keepwarm reads mbox, Maildir, .eml, .ics, Takeout .zip and "
        "its own export. If mail is yet to come there, say whose: --me you@example.org"
    )


def connect_gmail(
    runtime: Runtime,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    user_id: int | None = None,
) -> Connected:
    """Ask for consent at Google and store the account; see connectors.gmail.consent for the arguments.

    Raises:
        ConnectorError: with what to do about it; nothing was stored.
    """
    from connectors.gmail.consent import connect

    grant = connect(google_endpoints(runtime.settings), open_browser=open_browser, port=port, paste=paste)
    return _store(
        runtime, Provider.GMAIL, grant.address, grant.scopes, grant.credentials, user_id, " ".join(grant.notes)
    )


def connect_outlook(
    runtime: Runtime,
    *,
    open_browser: Callable[[str], object],
    port: int = 0,
    paste: Callable[[], str] | None = None,
    show_code: Callable[[str, str], object] | None = None,
    user_id: int | None = None,
) -> Connected:
    """Ask for consent at Microsoft and store the account; with `show_code`, by a code on another device.

    Raises:
        ConnectorError: with what to do about it; nothing was stored.
    """
    from connectors.outlook.consent import connect

    grant = connect(
        microsoft_endpoints(runtime.settings),
        open_browser=open_browser,
        port=port,
        paste=paste,
        device=show_code is not None,
        show_code=show_code,
    )
    return _store(runtime, Provider.OUTLOOK, grant.address, grant.scopes, grant.credentials, user_id, "")


def _store(
    runtime: Runtime,
    provider: Provider,
    address: str,
    scopes: Iterable[str],
    secret: str,
    user_id: int | None,
    notes: str,
) -> Connected:
    bare = address.lower()
    with writing(runtime.engine) as connection:
        user = user_id if user_id is not None else add_user(connection, bare, runtime.clock())
        account = ensure_account(connection, user, provider, bare, runtime)
        connection.execute(
            update(Account)
            .where(Account.id == account)
            .values(scopes=" ".join(sorted(scopes)), connected_at=runtime.clock(), trouble=notes or None)
        )
        add_own_addresses(connection, user, [bare], why="its account is connected")
    keep_secret(runtime, account, secret)
    discover(runtime, account)
    with writing(runtime.engine) as connection:
        streams = len(connection.scalars(select(StreamState.id).where(StreamState.account_id == account)).all())
    return Connected(user, account, bare, notes, streams)


def disconnect_account(runtime: Runtime, user_id: int, account_id: int, *, erase: bool) -> str:
    """Let an account go, and take the grant back where the provider offers that; says what is left for the person."""
    with reading(runtime.engine) as connection:
        provider = connection.scalars(select(Account.provider).where(Account.id == account_id)).one()
    left = WITHDRAW.get(Provider(provider), "")
    if provider == Provider.GMAIL:
        from connectors.gmail.auth import revoke

        with suppress(ConnectorError, UnknownAccount, WrongKey):  # gone, unreadable or out of reach: the person can
            revoke(google_endpoints(runtime.settings), secret_of(runtime, account_id))
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
