"""Archives within one file, Google Takeout's for one: a stream of all the mail in it, and one of its calendars."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace

from connectors import places
from connectors.archive import fingerprint
from connectors.archive.folders.maildir import by_flags
from connectors.archive.ics import Calendar, Text
from connectors.archive.kinds import BEGINNING, MBOX_NAMES, REFUSED, Kind, ending, kind_of
from connectors.archive.mbox.files import unpacked_mails
from connectors.archive.message.read import message_record
from connectors.archive.packed.compressed import DAMAGE, Unpacked, damage
from connectors.archive.packed.members import DamagedArchiveError, Member, members
from connectors.archive.source import Position, Source, Step, Unreadable, number, printable
from connectors.base import Stream
from connectors.errors import CursorExpired, ProtocolError
from connectors.text import clean
from connectors.vcalendar.recognize import LARGEST
from models.enums import StreamKind
from models.records import BadRecord, Record

LARGEST_MAIL = 64 << 20  # bytes of a single mail that are unpacked; its headers stand at the beginning
LONGEST_NAME = 300

Mark = tuple[int, int]
"""Which member comes next, and the byte to go on from in it."""

_NESTED = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", *MBOX_NAMES)


class PackedMail:
    """All mail in a zip or tar; a changed archive is read again.

    A mail's key is the name of its file there, and in an mbox also the byte it begins at.
    """

    unit = "bytes"

    def __init__(self, path: Path) -> None:
        """Read the archive at `path`."""
        self.path = path
        self.stream = Stream(StreamKind.MAIL, printable(str(path)), printable(path.name))
        self._done = 0

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        if position and position.get("file") != fingerprint.whole(self.path):
            raise CursorExpired("archive.changed", title=self.stream.title)
        start, at = number(position, "member"), number(position, "at")
        yield None, (start, at)
        index = 0
        try:
            for index, member in enumerate(members(self.path)):
                if index >= start:
                    self._done += member.size
                    yield from self._member(member, index, at if index == start else 0)
        except DamagedArchiveError as error:
            reason = f"the rest of this archive cannot be unpacked: {error}"
            yield BadRecord(f"{self.stream.title} after file {index}", reason, f"damaged:{index}"), (index, 0)

    def position(self, mark: Mark) -> Position:
        """A member, a byte of what comes out of it, and the fingerprint of the archive."""
        return {"member": mark[0], "at": mark[1], "file": fingerprint.whole(self.path)}

    def progress(self, mark: Mark) -> tuple[int, int | None]:
        """Bytes of the mail that has come out; how much will is not known."""
        return self._done + mark[1], None

    def _member(self, member: Member, index: int, at: int) -> Iterator[Step]:
        key, title = _key(member.name), _title(self.path, member.name)
        *folders, last = member.name.split("/")
        place = by_flags(last, places.of_folder(last, *folders[::-1]))
        try:
            plain = Unpacked(member.open(), member.packed)
        except DAMAGE as error:
            yield BadRecord(title, f"this file cannot be unpacked: {error}", key), (index + 1, 0)
            return
        kind = _kind(member, plain)
        if kind is Kind.MBOX:
            for record, mark in unpacked_mails(plain, at, title=title, place=place):
                yield record and _within(record, key), (index, mark)
        elif kind is Kind.MAIL:
            file = io.BytesIO(plain.read(LARGEST_MAIL))
            yield message_record(file, last, key=key, where=title, place=place), (index + 1, 0)
            if plain.error:
                yield damage(title, file.tell(), plain.error), (index + 1, 0)
        elif kind is Kind.REFUSED:
            what = REFUSED.get(ending(last))
            reason = (
                f"this is {what}, which keepwarm can't read"
                if what
                else "an archive inside an archive isn't read: unpack it first"
            )
            yield BadRecord(title, reason, key), (index + 1, 0)
        elif plain.error:
            yield BadRecord(title, f"this file cannot be unpacked: {plain.error}", key), (index + 1, 0)


class PackedCalendars(Calendar):
    """All calendars in a zip or tar, read together."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Read the archive at `path`."""
        super().__init__(Stream(StreamKind.CALENDAR, printable(f"{path}!*.ics"), printable(path.name)), now)
        self.path = path

    def texts(self) -> Sequence[Text]:
        """Unpack the calendars.

        Raises:
            ProtocolError: one cannot be unpacked.
        """
        found: list[Text] = []
        room = LARGEST + 1
        try:
            for member in members(self.path):
                plain = Unpacked(member.open(), member.packed)
                if room > 0 and _kind(member, plain) is Kind.CALENDAR:
                    found.append((_title(self.path, member.name), plain.read(room)))
                    room -= len(found[-1][1])
                    if plain.error:
                        raise ProtocolError("archive.not_unpacked", title=found[-1][0], why=plain.error)
        except DAMAGE as error:
            if not found:
                raise ProtocolError("archive.not_unpacked", title=self.stream.title, why=str(error)) from error
        return found


def packed(path: Path, now: datetime) -> Iterator[Source]:
    """Yield the sources in the archive at `path`: its mail, its calendars, or what prevents reading it."""
    kinds, error = _kinds(path, fingerprint.whole(path))
    if error and not kinds:
        yield Unreadable(path, "archive.not_unpacked", title=path.name, why=error)
        return
    if kinds - {Kind.CALENDAR} or error or not kinds:
        yield PackedMail(path)
    if Kind.CALENDAR in kinds:
        yield PackedCalendars(path, now)


@lru_cache(maxsize=256)
def _kinds(path: Path, fingerprint_of_it: str) -> tuple[frozenset[Kind], str | None]:  # noqa: ARG001 - a changed file is another
    """Say what is in an archive that has to do with mail, and why it could be seen only in part."""
    found: set[Kind] = set()
    try:
        for member in members(path):
            try:
                found.add(_kind(member, Unpacked(member.open(), member.packed)))
            except DAMAGE:
                found.add(Kind.REFUSED)  # reported when it is read
    except DamagedArchiveError as error:
        return frozenset(found - {Kind.UNKNOWN}), str(error)
    return frozenset(found - {Kind.UNKNOWN}), None


def _kind(member: Member, plain: Unpacked) -> Kind:
    kind = kind_of(member.name.rpartition("/")[2], plain.peek(BEGINNING))
    if kind in {Kind.ZIP, Kind.TAR, Kind.COMPRESSED}:
        return Kind.REFUSED if member.name.lower().endswith(_NESTED) else Kind.UNKNOWN
    return kind


def _within(record: Record, member: str) -> Record:
    return replace(record, key=f"{member}:{record.key}")


def _key(name: str) -> str:
    """Return a key for a member: its name, or where that is long a digest of it."""
    name = clean(name, 1 << 16)
    return (
        name
        if len(name) <= LONGEST_NAME
        else f"{name[:LONGEST_NAME]}...{blake2b(name.encode(), digest_size=8).hexdigest()}"
    )


def _title(path: Path, name: str) -> str:
    # A name inside an archive is a stranger's text; it is shown, and never a path.
    return clean(f"{printable(path.name)}: {name.rpartition('/')[2]}", LONGEST_NAME)
