"""Mail of one folder as pages: a first reading from the newest mail down, then what has come and gone.

The baseline is the list of all UIDs, taken before anything is read. Afterwards the number of mails the server counts
must be the number known here; where it is not, the two lists are compared both ways. Nothing rests on UIDNEXT, STATUS
or CONDSTORE, which servers were seen to get wrong.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from connectors.base import Cursor, Page, Stream
from connectors.errors import CursorExpired
from connectors.imap.api import commands
from connectors.imap.api.client import Client
from connectors.imap.api.sessions import Sessions
from connectors.imap.api.uids import Uids
from connectors.imap.mail.folders import GMAIL, NO_ALL_MAIL, PARTIAL, folder_of, place_in
from connectors.imap.mail.listing import changes_since, listed, recent
from connectors.imap.mail.position import Position, cursor_of, position_of
from connectors.imap.parse import Mail, doubtful
from models.records import BadRecord, Deferred, Record, Tombstone

#: UIDs in one FETCH: more cost as much each, and servers may cap an answer.
MOST = 500


class Folder(NamedTuple):
    """A stream's folder."""

    stream: Stream
    kind: str
    name: bytes

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person should know of it."""
        return (NO_ALL_MAIL,) if self.kind == PARTIAL else ()

    def key(self, validity: int, uid: int) -> str:
        """Name a mail for as long as the folder's UIDs hold."""
        return f"{validity}.{uid}"


class Read(NamedTuple):
    """What came of reading some mails: their records, and the UIDs that are settled with that."""

    records: list[Record]
    settled: Uids
    passed: int = 0  # of them older than what is read


def changes(
    sessions: Sessions, stream: Stream, cursor: Cursor | None, since: datetime, *, page: int = MOST
) -> Iterator[Page]:
    """Yield what happened in a folder after `cursor`; see connectors.base.

    Raises:
        CursorExpired: the server has numbered the folder again.
        ConnectorError: as in connectors.base.
    """
    folder = Folder(stream, *folder_of(stream))
    at = None if cursor is None else position_of(cursor)
    page = min(page, MOST)
    if at is None or at.low:
        at = yield from _first_reading(sessions, folder, at, since, page)
    yield from _news(sessions, folder, at, page)


def _first_reading(
    sessions: Sessions, folder: Folder, at: Position | None, since: datetime, page: int
) -> Generator[Page, None, Position]:
    begins, wanted = at is None, None
    while True:
        with sessions.opened(folder.name) as (client, validity):
            at = _baseline(client, validity, since) if at is None else _still(at, validity)
            horizon = datetime.fromisoformat(at.since)
            if wanted is None:
                known = at.known & Uids.of([(1, at.low - 1)])
                wanted = recent(client, known, horizon) if known else known
                if begins:
                    at = replace(at, total=len(wanted), listed=len(wanted))
            chunk = wanted.newest(page)
            read = _read(client, folder, validity, chunk, horizon)
        wanted -= chunk
        lost = chunk - read.settled
        at = replace(
            at,
            known=at.known - lost,  # should they be there after all, they are missing from the count
            low=chunk.first if wanted else 0,
            done=at.done + len(chunk),
            listed=at.listed - read.passed - len(lost),
        )
        yield Page(
            read.records, cursor_of(at), more=True, begins=begins, listed=at.listed, progress=at.progress,
            notes=folder.notes,
        )  # fmt: skip
        begins = False
        if not wanted:
            return at


def _news(sessions: Sessions, folder: Folder, at: Position, page: int) -> Iterator[Page]:
    with sessions.opened(folder.name) as (client, validity):
        _still(at, validity)
        added, gone = changes_since(client, at.known)
    records: list[Record] = [Tombstone(folder.key(at.validity, uid)) for uid in gone]
    at = replace(at, known=at.known - gone)
    while True:
        chunk = added.oldest(page)
        if chunk:
            with sessions.opened(folder.name) as (client, validity):
                _still(at, validity)
                read = _read(client, folder, validity, chunk, None)
            records += read.records
            at = replace(at, known=at.known | read.settled, listed=at.listed + len(read.settled))
        added -= chunk
        yield Page(records, cursor_of(at), more=bool(added), listed=at.listed, notes=folder.notes)
        if not added:
            return
        records = []


def _baseline(client: Client, validity: int, since: datetime) -> Position:
    known, _ = listed(client)
    return Position(validity, known, known.last + 1 if known else 0, since.astimezone(UTC).isoformat())


def _still(at: Position, validity: int) -> Position:
    if validity != at.validity:
        raise CursorExpired("imap.renumbered")
    return at


def _read(client: Client, folder: Folder, validity: int, uids: Uids, horizon: datetime | None) -> Read:
    """Read mails, newest first where there is a horizon; what was received before it is passed over."""
    if not uids:
        return Read([], uids)
    items = commands.GMAIL if folder.kind == GMAIL else commands.MAIL
    answer = client.fetch(uids, items)
    title, place = folder.stream.title, place_in(folder.kind)
    mails: dict[int, Mail] = {}
    passed = 0
    for uid in sorted(answer.mails, reverse=horizon is not None):
        mail = Mail(folder.key(validity, uid), answer.mails[uid], where=f"{title}, email {uid}", place=place)
        if horizon is not None and mail.received_at is not None and mail.received_at < horizon:
            passed += 1
        else:
            mails[uid] = mail
    records: dict[int, Record] = {uid: mail.record() for uid, mail in mails.items()}
    unsure = Uids.single(uid for uid, record in records.items() if doubtful(record))  # type: ignore[arg-type] # mails
    if unsure:
        for uid, said in client.fetch(unsure, commands.RECEIVED).mails.items():
            records[uid] = mails[uid].again(said)
    without = Uids.single(uid for uid, record in records.items() if isinstance(record, Deferred))
    settled = Uids.single(answer.mails) - without
    found: list[Record] = list(records.values())
    if answer.unreadable:
        where = f"{title}, emails {uids.first} to {uids.last}"
        found.append(BadRecord(where, f"the server's answer can't be read for {answer.unreadable} of them"))
    return Read(found, settled, passed)
