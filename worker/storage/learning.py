"""Dictionaries that records are packed with: learned from a user's first ones, and anew once some are erased.

A dictionary serves from the transaction after the one that learned it: its readers look for it outside of their own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import LargeBinary, Select, delete, func, insert, select, tuple_, type_coerce
from sqlalchemy.engine import Connection

from models.accounts import StreamState
from models.history import Sighting
from models.learned import ENOUGH, FEWEST, NUMBERS, OwnDictionary, learned, own_of, packer_of
from models.packed import Transform, packed, unpacked
from worker.storage.bulk import change

#: A page with fewer records is what comes in day by day: for it nothing is read again.
WORTH_LOOKING = 20
#: Records packed anew at once.
BATCH = 1000
RAW: Any = type_coerce(Sighting.record, LargeBinary)


def packing(connection: Connection, number: int | None) -> Transform:
    """Give what packs a user's records, by the number of their dictionary; without one, as for anyone."""
    return own_of(connection.dialect).packed(number)


def learn_first(connection: Connection, user_id: int, page: Sequence[bytes]) -> None:
    """Learn a user's first dictionary: from a page of records, or from those before it as well where it is short."""
    if len(page) >= FEWEST:
        _learn(connection, user_id, page)
    elif len(page) >= WORTH_LOOKING:
        _learn(connection, user_id, _some(connection, user_id))


def _learn(connection: Connection, user_id: int, records: Sequence[bytes]) -> tuple[int, bytes] | None:
    """Learn a dictionary from records, in JSON, if they are enough; gives its number and content."""
    content = learned(records)
    if content is None:
        return None
    row = insert(OwnDictionary).values(user_id=user_id, content=content).returning(OwnDictionary.id)
    number: int = connection.execute(row).scalar_one()
    if number < NUMBERS:
        return number, content
    connection.execute(delete(OwnDictionary).where(OwnDictionary.id == number))
    return None


def learn_anew(connection: Connection, user_id: int) -> None:
    """Have nothing be left in a user's dictionaries of what was erased: the last thing its transaction does.

    Everything that was packed with them is packed with one that knows nothing of it.
    """
    old = connection.scalars(select(OwnDictionary.id).where(OwnDictionary.user_id == user_id)).all()
    if not old:
        return
    found = _learn(connection, user_id, _some(connection, user_id))
    pack = packed if found is None else packer_of(*found)
    read = own_of(connection.dialect).unpacked
    for rows in _batches(connection, user_id):
        news = [(pack(unpacked(record, read)), stream, key) for stream, key, record in rows]
        change(connection, Sighting, ("record",), ("stream_id", "key"), news, ("record",))
    connection.execute(delete(OwnDictionary).where(OwnDictionary.id.in_(old)))


def newest_dictionary() -> Select[Any]:
    """Ask which dictionary the records of a stream's user are packed with."""
    asked: Any = select(func.max(OwnDictionary.id)).where(OwnDictionary.user_id == StreamState.user_id)
    return asked  # type: ignore[no-any-return]


def _some(connection: Connection, user_id: int) -> list[bytes]:
    asked = select(Sighting.record).where(Sighting.user_id == user_id, Sighting.record.is_not(None)).limit(ENOUGH)
    return [record for record in connection.scalars(asked) if record is not None]


def _batches(connection: Connection, user_id: int) -> Iterator[list[tuple[int, str, bytes]]]:
    """Yield the key of each sighting with its record as it is stored."""
    here = Sighting.user_id == user_id, Sighting.record.is_not(None)
    asked = select(Sighting.stream_id, Sighting.key, RAW).where(*here)
    asked = asked.order_by(Sighting.stream_id, Sighting.key).limit(BATCH)
    place: tuple[int, str] = (-1, "")
    while rows := connection.execute(asked.where(tuple_(Sighting.stream_id, Sighting.key) > place)).all():
        place = rows[-1][0], rows[-1][1]
        yield [(stream, key, bytes(record)) for stream, key, record in rows]
