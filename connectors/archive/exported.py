"""keepwarm's own interactions export (JSON Lines), read back row by row as it was written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from connectors.archive.growing import Growing
from connectors.archive.source import Position, Step
from connectors.text import safe
from models.enums import Channel, Direction, Response, Role, StreamKind
from models.records import BadRecord, ExportedPerson, ExportedRecord, Record

LONGEST_ROW = 16 << 20  # bytes; a mail to 10,000 people takes about 2 MB


class _Person(msgspec.Struct):
    person: str
    name: str
    address: str
    role: Role
    response: Response | None = None
    not_counted: str | None = None


class _Row(msgspec.Struct):
    """One line of the export: surface.md, "Export rows"."""

    id: str
    account: str
    channel: Channel
    direction: Direction
    occurred_at: datetime
    ends_at: datetime | None = None
    subject: str | None = None
    thread: str | None = None
    message_id: str | None = None
    ical_uid: str | None = None
    recurrence_at: datetime | None = None
    group_size: int = 2
    my_role: Role | None = None
    my_response: Response | None = None
    people: list[_Person] = []


_row = msgspec.json.Decoder(_Row)


class Export(Growing):
    """A .jsonl file of interactions; rows added at its end are read on from there."""

    def __init__(self, path: Path, *, named: bool = True) -> None:
        """Read the export at `path`.

        One that was not `named`, only met in a folder, may be anyone's: what it says of who is one person is left out.
        """
        super().__init__(path, StreamKind.FILE)
        self._named = named

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`; a last row that is not whole is read again when the file has grown."""
        at = self.begin(position)
        with self.path.open("rb") as file:
            file.seek(at)
            yield None, at
            while line := file.readline(LONGEST_ROW):
                whole = line.endswith(b"\n")
                if line.strip():
                    record = self._record(line, at, whole=whole)
                    if isinstance(record, BadRecord) and not whole and len(line) < LONGEST_ROW:
                        yield record, at
                        return
                    yield record, at + len(line)
                at += len(line)
            yield None, at

    def _record(self, line: bytes, at: int, *, whole: bool) -> Record:
        try:
            return _exported(_row.decode(line), named=self._named)
        except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError) as error:
            reason = f"this is no row of an interactions export: {error}" if whole else "the file ends within this row"
            return BadRecord(f"{self.stream.title} at byte {at}", reason, f"byte:{at}")


def _exported(row: _Row, *, named: bool) -> ExportedRecord:
    return ExportedRecord(
        key=_plain(row.id),
        account=_plain(row.account),
        channel=row.channel,
        direction=row.direction,
        occurred_at=_utc(row.occurred_at),
        ends_at=_utc(row.ends_at) if row.ends_at else None,
        subject=_text(row.subject),
        thread=_text(row.thread),
        message_id=_text(row.message_id),
        ical_uid=_text(row.ical_uid),
        recurrence_at=_utc(row.recurrence_at) if row.recurrence_at else None,
        group_size=row.group_size,
        my_role=row.my_role,
        my_response=row.my_response,
        people=tuple(
            ExportedPerson(
                _plain(one.person if named else one.address),
                _plain(one.name),
                _plain(one.address),
                one.role,
                one.response,
                one.not_counted is None,
            )
            for one in row.people
        ),
    )


def _plain(text: str) -> str:
    # What keepwarm exported is clean and comes back exactly; a file may have been written by someone else.
    return safe(text)


def _text(text: str | None) -> str | None:
    return None if text is None else _plain(text)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
