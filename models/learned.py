"""Dictionaries learned from a user's own records, and the column whose values are packed with them.

Nearly every record names the user, and many the same senders: with a dictionary that has seen some of them a record
takes three fifths of the room. What a dictionary holds is as personal as the records are: it goes with its user, and
whoever erases anything has what was packed with it packed anew (worker.storage.learning).
"""

from collections.abc import Callable, Sequence
from threading import local
from typing import Any

from sqlalchemy import Dialect, ForeignKey, LargeBinary
from sqlalchemy.types import TypeDecorator

from models.base import Base
from models.declarative import Mapped, mapped_column
from models.packed import BARE, OWN, PLAIN, Transform, UnknownPacking, library, packed, packer, unpacked, unpacker

#: The most bytes of one: learning a larger one takes longer, and gives little more.
SIZE = 16 << 10
#: From how many records one is learned, and the most it is learned from.
FEWEST, ENOUGH = 250, 1000
#: The numbers there can be, two bytes each; beyond them nothing is learned.
NUMBERS = (PLAIN[0] - OWN) << 8
#: Dictionaries a thread keeps at hand.
KEPT = 32

#: Reads the content of a dictionary by its number.
Load = Callable[[int], bytes | None]


class OwnDictionary(Base):
    """What zstd has learned from records of one user. No number is given twice: others may still know its content."""

    __tablename__ = "dictionaries"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def learned(records: Sequence[bytes]) -> bytes | None:
    """Learn a dictionary from records, in JSON; None where there are too few of them, or nothing to learn it with."""
    if len(records) < FEWEST:
        return None
    try:
        zstd = library()
        content: bytes = zstd.train_dict(records[:ENOUGH], SIZE).dict_content
    except (ImportError, ValueError, OSError):
        return None
    except Exception as error:
        if type(error).__name__ != "ZstdError":  # it has no place of its own before Python 3.14
            raise
        return None
    return content


def packer_of(number: int, content: bytes) -> Transform:
    """Make what packs with the dictionary of this number."""
    return packer(bytes((OWN + (number >> 8), number & 255)), library().ZstdDict(content))


class Own(local):
    """The dictionaries of one database as one thread has them: each is read once."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.pack: dict[int, Transform] = {}
        self.unpack: dict[bytes, Transform] = {}

    def clear(self) -> None:
        """Read them again: a migration may have made them anew."""
        self.pack.clear()
        self.unpack.clear()

    def packed(self, number: int | None) -> Transform:
        """Give what packs with the dictionary of this number; without one, with that of all."""
        if number is None:
            return packed
        pack = self.pack.get(number)
        if pack is None:
            if len(self.pack) >= KEPT:
                self.pack.clear()
            pack = self.pack[number] = packer_of(number, self._content(number))
        return pack

    def unpacked(self, value: bytes) -> bytes:
        """Unpack what one of them has packed.

        Raises:
            UnknownPacking: the dictionary is gone.
        """
        begin = value[:2]
        unpack = self.unpack.get(begin)
        if unpack is None:
            if len(self.unpack) >= KEPT:
                self.unpack.clear()
            number = ((begin[0] & ~BARE) - OWN) << 8 | begin[1]
            dictionary = library().ZstdDict(self._content(number))
            unpack = self.unpack[begin] = unpacker(dictionary, bare=bool(begin[0] & BARE))
        return unpack(value[2:])

    def _content(self, number: int) -> bytes:
        content = self.load(number)
        if content is None:
            raise UnknownPacking(f"stored with dictionary {number} of a user's, which isn't there")
        return content


def attach(dialect: Dialect, load: Load) -> None:
    """Have columns of a database find its dictionaries."""
    dialect.keepwarm_own = Own(load)  # type: ignore[attr-defined]  # values know their database by its dialect alone


def own_of(dialect: Dialect) -> Own:
    """Give the dictionaries of the database that a dialect belongs to."""
    own: Any = getattr(dialect, "keepwarm_own", None)
    return own if isinstance(own, Own) else Own(lambda _: None)


class Packed(TypeDecorator[bytes]):
    """A column of JSON whose values are stored packed; statements and rows have it plain."""

    impl = LargeBinary
    cache_ok = True
    #: How a value is stored, for statements that are written by hand (worker.storage.bulk).
    stored = staticmethod(packed)

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Pack a value."""
        del dialect
        return None if value is None else packed(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Unpack a value."""
        return None if value is None else unpacked(bytes(value), own_of(dialect).unpacked)
