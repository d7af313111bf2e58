"""The interactions export: every touch up to a moment, with the people in it, in order of time and id."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Select, select, type_coerce
from sqlalchemy.engine import Connection, Row

from models.enums import Channel
from models.history import Interaction, Participation
from models.people import Address, Person
from worker.addresses.canonical import canonical
from worker.export.rows.columns import Column, Kind
from worker.export.rows.not_counted import why_not_counted
from worker.export.rows.scope import Scope, stamp
from worker.storage.bulk import chunks

COLUMNS: tuple[Column, ...] = (
    Column("id", Kind.TEXT),  # an export that was read back brought its own ids
    Column("account", Kind.TEXT),
    Column("channel", Kind.PLAIN),
    Column("direction", Kind.PLAIN),
    Column("occurred_at", Kind.MOMENT),
    Column("ends_at", Kind.MOMENT),
    Column("subject", Kind.TEXT),
    Column("thread", Kind.TEXT),
    Column("message_id", Kind.TEXT),
    Column("ical_uid", Kind.TEXT),
    Column("recurrence_at", Kind.MOMENT),
    Column("group_size", Kind.NUMBER),
    Column("my_role", Kind.PLAIN),
    Column("my_response", Kind.PLAIN),
    Column("people", Kind.JSON),
)

#: Rows fetched at once, and participants remembered: all that is ever in memory.
PAGE, REMEMBERED = 2000, 50_000

ID, CHANNEL, DIRECTION, ADDRESS = 0, 2, 3, 14
ENCODE = msgspec.json.Encoder().encode


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of `people`; `not_counted` is there only where it says something."""

    person: str
    name: str
    address: str
    role: str
    response: str | None
    not_counted: str | None = None


def interactions(connection: Connection, scope: Scope, channel: Channel | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of COLUMNS, of one channel or all.

    `people` is JSON already: the same participants come again and again.
    """
    wanted = _statement(scope)
    if channel is not None:
        wanted = wanted.where(Interaction.channel == channel)
    pages = connection.execution_options(yield_per=PAGE).execute(wanted).partitions()
    participants = Participants(connection, scope.user_id)
    for _, group in groupby(participants.meeting(pages), key=itemgetter(ID)):
        rows = list(group)
        if len(rows) > 1:
            rows.sort(key=itemgetter(ADDRESS))  # code points sort as UTF-8 bytes do
        key, account, channel, direction, at, ends, subject, thread, mail, event, recurs, size, role, said = rows[0][
            :14
        ]
        yield (
            key, account, channel, direction, stamp(at), stamp(ends), subject, thread, mail, event, stamp(recurs),
            size, role, said, participants.people(rows),
        )  # fmt: skip


class Participants:
    """Participants as JSON, remembered; who is behind an address is asked for a page of rows at a time."""

    def __init__(self, connection: Connection, user_id: int) -> None:
        self._connection = connection
        self._user_id = user_id
        self._whose: dict[str, tuple[str, str]] = {}  # address -> person, name
        self._written: dict[tuple[str, str, str | None, str | None], bytes] = {}

    def meeting(self, pages: Iterable[Iterable[Row[*tuple[Any, ...]]]]) -> Iterator[Row[*tuple[Any, ...]]]:
        """Pass rows through, once everyone in their page is known."""
        for page in pages:
            rows = list(page)
            if len(self._written) > REMEMBERED:
                self._written.clear()
                self._whose.clear()
            self._meet({row[ADDRESS] for row in rows} - self._whose.keys() - {None})
            yield from rows

    def people(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> msgspec.Raw:
        """Write the participants of one interaction."""
        written, parts = self._written, []
        for row in rows:
            address, role, response, touch = row[ADDRESS:]
            if address is None:
                continue
            mark = why_not_counted(touch, row[CHANNEL], row[DIRECTION], role) if touch is None else None
            part = address, role, response, mark
            if part not in written:
                person, name = self._whose.get(address, (canonical(address), ""))
                written[part] = ENCODE(Participant(person, name, *part))
            parts.append(written[part])
        return msgspec.Raw(b"[%b]" % b",".join(parts))

    def _meet(self, addresses: set[str]) -> None:
        for chunk in chunks(sorted(addresses)):
            known = self._connection.execute(
                select(Address.address, Address.person, Address.name, Person.name)
                .outerjoin(Person, (Person.user_id == Address.user_id) & (Person.key == Address.person))
                .where(Address.user_id == self._user_id, Address.address.in_(chunk))
            )
            for address, person, name, called in known:
                self._whose[address] = (person or canonical(address), name or called or "")


def _seconds(column: Any) -> ColumnElement[int]:
    """Read a moment as the number it is stored as: no datetime per row."""
    return type_coerce(column, BigInteger)


def _statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Join interactions, in the order of their index, to their people: nothing has to be sorted or kept.

    An outer join, because SQLite would otherwise start from the people and sort everything.
    """
    i, part, address = Interaction, Participation, Address
    wanted = (
        select(
            i.id, i.account, i.channel, i.direction, _seconds(i.occurred_at), _seconds(i.ends_at), i.subject, i.thread,
            i.message_id, i.ical_uid, _seconds(i.recurrence_at), i.group_size, i.my_role, i.my_response,
            address.address, part.role, part.response, part.touch,
        )
        .outerjoin(part, part.interaction == i.number)
        .outerjoin(address, (address.user_id == part.user_id) & (address.number == part.address))
        .where(i.user_id == scope.user_id, i.counts_at <= scope.now)
        .order_by(i.occurred_at, i.id)
    )  # fmt: skip
    if scope.since is not None:
        wanted = wanted.where(i.occurred_at >= scope.since)
    if scope.until is not None:
        wanted = wanted.where(i.occurred_at < scope.until)
    if scope.person is not None:
        theirs = (
            select(part.interaction)
            .join(address, (address.user_id == part.user_id) & (address.number == part.address))
            .where(part.user_id == scope.user_id, address.person == scope.person)
        )
        wanted = wanted.where(i.number.in_(theirs))
    return wanted
