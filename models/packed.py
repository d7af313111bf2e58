"""Bytes that are stored packed: zstd with a dictionary that knows how their kind begins, and which words it holds.

A packed value is one byte, the number of its dictionary (in models/dictionaries), and a zstd frame without what all
frames would repeat. What begins with "{" is JSON as it is: versions before stored it so.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

DICTIONARIES = Path(__file__).parent / "dictionaries"
#: The dictionaries that are packed with; every number there ever was can be unpacked.
RECORDS, ASSESSMENTS = 1, 2
#: What JSON objects begin with: no dictionary has this number.
PLAIN = b"{"
#: Above it, packing takes three times as long and gives a twentieth (measured on records).
LEVEL = 3

Turn = Callable[[bytes], bytes]


class UnknownPacking(ValueError):  # noqa: N818 - says what is wrong
    """A stored value was packed by a later version, with a dictionary that this one doesn't have."""


class _Turns(local):
    """What packs and unpacks, made once in each thread: none may be used by two at once."""

    def __init__(self) -> None:
        self.pack: dict[int, Turn] = {}
        self.unpack: dict[int, Turn] = {}


_TURNS = _Turns()


def packed(value: bytes, dictionary: int = RECORDS) -> bytes:
    """Pack a value: 3 us for a record."""
    pack = _TURNS.pack.get(dictionary)
    if pack is None:
        pack = _TURNS.pack[dictionary] = _packer(dictionary)
    return pack(value)


def unpacked(value: bytes) -> bytes:
    """Give what was packed: 2 us for a record.

    Raises:
        UnknownPacking: a later version packed it.
    """
    if value.startswith(PLAIN):
        return value
    unpack = _TURNS.unpack.get(value[0])
    if unpack is None:
        unpack = _TURNS.unpack[value[0]] = _unpacker(value[0])
    return unpack(value[1:])


def _packer(number: int) -> Turn:
    try:
        import zstandard  # some milliseconds, which a command without records need not take
    except ImportError:  # a program upgraded without what it needs by now goes on as it did
        return _unchanged
    settings = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=True, write_dict_id=False
    )
    turn: Turn = zstandard.ZstdCompressor(dict_data=_dictionary(number), compression_params=settings).compress
    begin = bytes((number,))
    return lambda value: begin + turn(value)


def _unpacker(number: int) -> Turn:
    import zstandard

    turn: Turn = zstandard.ZstdDecompressor(
        dict_data=_dictionary(number), format=zstandard.FORMAT_ZSTD1_MAGICLESS
    ).decompress
    return turn


@cache
def _dictionary(number: int) -> Any:
    import zstandard

    path = DICTIONARIES / f"{number}.zdict"
    if not path.exists():
        raise UnknownPacking(f"stored with dictionary {number}, which this version of keepwarm does not have")
    return zstandard.ZstdCompressionDict(path.read_bytes())


def _unchanged(value: bytes) -> bytes:
    return value


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
        del dialect
        return None if value is None else unpacked(bytes(value))
