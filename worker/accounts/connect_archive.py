"""Connecting files: whose they are is inferred from a sample of them, unless it is stated."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import select, update

from connectors.archive.connector import ArchiveConnector
from connectors.archive.owner import owner_of
from connectors.base import Page
from models.accounts import Account
from models.base import moment
from models.enums import Provider
from models.records import BadRecord, EmailRecord, ExportedRecord, MeetingRecord, Record
from worker.accounts.connect import Connected
from worker.accounts.store import ensure_account
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.ingest.learn import add_own_addresses
from worker.storage.transactions import writing

#: Records looked at in each stream to find out whose archive it is.
SAMPLE = 2000


class NothingToRead(Exception):  # noqa: N818 - says what is wrong
    """The files hold neither mail nor meetings."""


class OwnerUnclear(Exception):  # noqa: N818 - says what is wrong
    """Nothing in the archive says whose it is."""


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
