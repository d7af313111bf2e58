"""Bytes that are stored packed: zstd with a dictionary that knows how their kind begins, and which words it holds.

A packed value is one byte, the number of its dictionary (in models/dictionaries), and a zstd frame (RFC 8878) without
the four bytes that every frame begins with; or that number and 128, and the only block of a frame, without all that its
length tells. What begins with "{" is JSON as it is: versions before stored it so. From 16 on, the number takes a second
byte, and the dictionary is one learned from its user's own records (models.learned).
"""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import local
from typing import Any

DICTIONARIES = Path(__file__).parent / "dictionaries"
#: The dictionaries that are packed with; every number there ever was can be unpacked.
RECORDS, ASSESSMENTS = 1, 2
#: What JSON objects begin with: no dictionary has this number.
PLAIN = b"{"
#: Above it, packing takes three times as long and gives a twentieth (measured on records).
LEVEL = 3
#: What every frame begins with (RFC 8878, 3.1.1): not stored.
MAGIC = b"\x28\xb5\x2f\xfd"
#: Marks a value that is a block alone, beside the number of its dictionary.
BARE = 128
#: From here on a first byte stands for 256 dictionaries learned from users' own records; the next byte says which.
OWN = 16
#: What stands before the block of such a frame: it tells neither its size nor its dictionary, and a window of 128 KB.
HEAD, WINDOW = MAGIC + b"\x00", 7 << 3
#: What tells of a block that it is the last, and compressed; its length stands above these bits, in three bytes.
LAST, LENGTH = 0b101, 3
#: Where the block's own three bytes begin behind a number, by what a frame's first byte says of its size.
FRAMES = {0x00: 3, 0x20: 3, 0x60: 4}
ABOUT, BEGIN = len(HEAD) + 1, len(HEAD) + 1 + LENGTH

Transform = Callable[[bytes], bytes]


class UnknownPacking(ValueError):  # noqa: N818 - says what is wrong
    """A stored value was packed by a later version, with a dictionary that this one doesn't have."""


class _Transforms(local):
    """What packs and unpacks, made once in each thread: none may be used by two at once."""

    def __init__(self) -> None:
        self.pack: dict[int, Transform] = {}
        self.unpack: dict[int, Transform] = {}


_TRANSFORMS = _Transforms()


def packed(value: bytes, dictionary: int = RECORDS) -> bytes:
    """Pack a value: 3 us for a record."""
    pack = _TRANSFORMS.pack.get(dictionary)
    if pack is None:
        pack = _TRANSFORMS.pack[dictionary] = _packer(dictionary)
    return pack(value)


def unpacked(value: bytes, own: Transform | None = None) -> bytes:
    """Give what was packed: 7 us for a record. `own` unpacks what its user's own dictionary has packed.

    Raises:
        UnknownPacking: a later version packed it.
    """
    if value.startswith(PLAIN):
        return value
    if own is not None and has_own(value):
        return own(value)
    unpack = _TRANSFORMS.unpack.get(value[0])
    if unpack is None:
        unpack = _TRANSFORMS.unpack[value[0]] = _unpacker(value[0])
    return unpack(value[1:])


def has_own(value: bytes) -> bool:
    """Whether a value was packed with a dictionary of its user's own."""
    return len(value) > 1 and value[0] & ~BARE >= OWN and not value.startswith(PLAIN)


def _packer(number: int) -> Transform:
    try:
        dictionary = _dictionary(number)
    except ImportError:  # a program upgraded without what it needs by now goes on as it did
        return _unchanged
    return packer(bytes((number,)), dictionary)


def packer(begin: bytes, dictionary: Any) -> Transform:
    """Make what packs with a dictionary, whose number stands in `begin`."""
    zstd = library()
    setting = zstd.CompressionParameter
    settings = {setting.compression_level: LEVEL, setting.content_size_flag: 0, setting.dict_id_flag: 0}
    compress = zstd.ZstdCompressor(options=settings, zstd_dict=dictionary).compress
    flush, skip, bare = zstd.ZstdCompressor.FLUSH_FRAME, len(MAGIC), bytes((begin[0] | BARE,)) + begin[1:]

    def pack(value: bytes) -> bytes:
        frame: bytes = compress(value, flush)
        small = frame.startswith(HEAD) and frame[len(HEAD)] <= WINDOW
        if small and frame[ABOUT:BEGIN] == _about(len(frame) - BEGIN):
            return bare + frame[BEGIN:]
        return begin + frame[skip:]

    return pack


def unframed(value: bytes) -> bytes:
    """Give a packed value without its frame, as it is stored today, if that has one block."""
    begin = FRAMES.get(value[1]) if len(value) > 1 and value[0] in {RECORDS, ASSESSMENTS} else None
    if begin is None or (value[1] == 0 and value[2] > WINDOW):
        return value
    block = value[begin + LENGTH :]
    return bytes((value[0] | BARE,)) + block if value[begin:].startswith(_about(len(block))) else value


def whole(value: bytes) -> bytes:
    """Give a packed value with a frame that tells all by itself: versions before 0023 of the schema read no other."""
    if not value or not value[0] & BARE:
        return value
    block = value[1:]
    return bytes((value[0] & ~BARE,)) + _head(len(block))[len(MAGIC) :] + block


def _head(length: int) -> bytes:
    """Give what stands before a block of so many bytes that is its frame's only one."""
    return HEAD + bytes((WINDOW,)) + _about(length)


def _about(length: int) -> bytes:
    """Say of a frame's only block what its length tells."""
    return (length << LENGTH | LAST).to_bytes(LENGTH, "little")


def _unpacker(number: int) -> Transform:
    return unpacker(_dictionary(number & ~BARE), bare=bool(number & BARE))


def unpacker(dictionary: Any, *, bare: bool) -> Transform:
    """Make what unpacks frames, or blocks alone, without the number of their dictionary."""
    reader = library().ZstdDecompressor
    if not bare:
        return lambda value: reader(dictionary).decompress(MAGIC + value)  # one reads one frame, and no more
    return lambda value: reader(dictionary).decompress(_head(len(value)) + value)


@cache
def _dictionary(number: int) -> Any:
    path = DICTIONARIES / f"{number}.zdict"
    if not path.exists():
        raise UnknownPacking(f"stored with dictionary {number}, which this version of keepwarm does not have")
    return library().ZstdDict(path.read_bytes())


def library() -> Any:
    """The module of zstd, imported late: it takes some milliseconds, which a command without records need not take."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _unchanged(value: bytes) -> bytes:
    return value
