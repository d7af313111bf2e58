"""Connecting files: whose they are is inferred from a sample of them, unless it is stated."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from sqlalchemy import select, update

from connectors.archive.connector import ArchiveConnector
from connectors.archive.owner import addresses_in, owner_of
from connectors.base import Stream
from connectors.errors import ConnectorError
from models.accounts import Account
from models.base import moment
from models.enums import Place, Provider
from models.errors import CodedError
from models.records import BadRecord, EmailRecord, ExportedRecord, MeetingRecord, Record
from worker.accounts.connect import Connected
from worker.accounts.store import ensure_account
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.ingest.learn import add_own_addresses
from worker.storage.transactions import writing

#: Records looked at in each stream to find out whose archive it is.
SAMPLE = 2000
#: Records of it that are read at once: where it was said whose they are, the first ones mostly bear it out.
LOOKED_AT = 50
#: How alike two spellings of one address are at least (difflib's ratio).
ALIKE = 0.85


class NothingToRead(CodedError):  # noqa: N818 - says what is wrong
    """The files hold neither mail nor meetings."""


class OwnerUnclear(CodedError):  # noqa: N818 - says what is wrong
    """Nothing in the archive says whose it is."""


def connect_archive(
    runtime: Runtime, paths: Sequence[Path], *, me: Sequence[str] = (), user_id: int | None = None
) -> Connected:
    """Connect files that hold mail or calendars; only a sample is read yet, to find out whose they are.

    Raises:
        NothingToRead: they hold neither mail nor meetings, and it is not said whose they are.
        OwnerUnclear: say it with --me, or what was said there is nowhere in them.
        ConnectorError: a path cannot be read.
    """
    now = runtime.clock()
    connector = ArchiveConnector(paths, now=now, page=LOOKED_AT)
    streams = connector.streams()
    mine, evidence = [address.lower() for address in me], "you said so"
    sample = _sample(connector, streams, mine)
    if mine:
        _refuse_typo(mine, sample)
    else:
        if not any(isinstance(record, EmailRecord | MeetingRecord | ExportedRecord) for record in sample):
            raise _why_not(sample)
        mine, evidence = _whose(sample)
    with writing(runtime.engine) as connection:
        if not mine and user_id is not None:
            mine = list(connection.scalars(select(Account.address).where(Account.user_id == user_id).limit(1)))
            evidence = "it is connected already"
        if not mine:
            raise OwnerUnclear("account.owner_unclear")
        user = user_id if user_id is not None else add_user(connection, mine[0], now)
        account = ensure_account(connection, user, Provider.ARCHIVE, mine[0], runtime)
        known: list[str] = json.loads(connection.scalar(select(Account.sources).where(Account.id == account)) or "[]")
        sources = sorted({*known, *(str(path) for path in connector.paths)})
        connection.execute(update(Account).where(Account.id == account).values(sources=json.dumps(sources)))
        add_own_addresses(connection, user, mine, why=evidence, account_id=account)
    return Connected(user, account, mine[0], evidence, len(streams))


def _whose(sample: Sequence[Record]) -> tuple[list[str], str]:
    """Infer from a sample whose it is; an export names its owner, never that of other files."""
    others = [record for record in sample if isinstance(record, EmailRecord | MeetingRecord)]
    if not others:
        return sorted(
            {record.account for record in sample if isinstance(record, ExportedRecord)}
        ), "the export names it"
    owner = owner_of(others)
    if owner is None or (kind_of(owner.addresses[0]) == "role" and not any(_sent(record) for record in others)):
        return [], ""  # a shared mailbox is no one's own
    return list(owner.addresses), owner.evidence


def _sent(record: EmailRecord | MeetingRecord) -> bool:
    return isinstance(record, EmailRecord) and record.place is Place.SENT


def _refuse_typo(mine: Sequence[str], sample: Sequence[Record]) -> None:
    """Refuse an address that is nowhere in the sample, if it is clear whose it is instead, or how it is written.

    Raises:
        OwnerUnclear: with the likely address.
    """
    named = Counter(address for record in sample for address in addresses_in(record))
    owner = owner_of(sample)
    for address in mine:
        if address in named or any(canonical(address) == canonical(other) for other in named):
            continue
        near = get_close_matches(address, sorted(named), n=1, cutoff=ALIKE)
        likely = owner.addresses[0] if owner else near[0] if near else None
        if likely:
            raise OwnerUnclear("account.likely_typo", address=address, likely=likely)


def _sample(connector: ArchiveConnector, streams: Iterable[Stream], mine: Iterable[str]) -> list[Record]:
    """Read the beginning of each stream, until all of `mine` are found where there are any.

    A stream that cannot be read does not keep the others from showing whose they are.

    Raises:
        ConnectorError: none of them can be read.
    """
    sample: list[Record] = []
    missing = set(map(canonical, mine))
    trouble: ConnectorError | None = None
    for stream in streams:
        pages = connector.changes(stream, None, since=moment(0))
        try:
            for record in islice((record for page in pages for record in page.records), SAMPLE):
                sample.append(record)
                if missing and not (missing := missing.difference(map(canonical, addresses_in(record)))):
                    return sample
        except ConnectorError as error:
            trouble = trouble or error
    if trouble and not sample:
        raise trouble
    return sample


def _why_not(sample: Iterable[Record]) -> NothingToRead:
    """Name the first record that could not be read, if there is one."""
    bad = next((record for record in sample if isinstance(record, BadRecord)), None)
    if bad is None:
        return NothingToRead("account.nothing_to_read")
    return NothingToRead("account.nothing_readable", where=bad.where, reason=bad.reason)
