"""Writes the compound files (MS-CFB) that .msg files are, as small as they can be: every stream in sectors of its own."""

import struct
from itertools import pairwise

SECTOR = 512
CUTOFF = 4096  # streams are padded to it, so that none lies in the mini stream
FREE, CHAIN_END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams; a name may have one storage before a slash."""
    storages = sorted({name.partition("/")[0] for name in streams if "/" in name})
    names = ["Root Entry", *storages, *streams]
    number = {name: at for at, name in enumerate(names)}
    tops = [*storages, *(name for name in streams if "/" not in name)]
    inner = {storage: [name for name in streams if name.startswith(f"{storage}/")] for storage in storages}
    right = {one: number[other] for group in (tops, *inner.values()) for one, other in pairwise(group)}
    data, fat, entries = b"", list[int](), list[bytes]()
    for name in names:
        start, size, child = CHAIN_END, 0, FREE
        kind = ROOT if name == "Root Entry" else STORAGE if name in inner else STREAM
        if kind == STREAM:
            content = streams[name]
            size = len(content)
            # Short streams belong in the mini stream; saying that they are long, with zeros behind, is read alike.
            if size < CUTOFF:
                size = CUTOFF if name.rpartition("/")[2].startswith("__properties") else size
            start = len(fat)
            padded = content + bytes(-len(content) % SECTOR or (SECTOR if not content else 0))
            padded += bytes(max(CUTOFF - len(padded), 0))
            size = max(size, CUTOFF) if len(content) < CUTOFF else size
            sectors = len(padded) // SECTOR
            fat += [*range(start + 1, start + sectors), CHAIN_END]
            data += padded
        elif group := (tops if kind == ROOT else inner[name]):
            child = number[group[0]]
        entries.append(_entry(name.rpartition("/")[2], kind, right.get(name, FREE), child, start, size))
    directory = b"".join(entries) + b"".join(_entry("", 0, FREE, FREE, 0, 0) for _ in range(-len(entries) % 4))
    first = len(fat)
    fat += [*range(first + 1, first + len(directory) // SECTOR), CHAIN_END]
    fat_sectors = -(-(len(fat) + 1) // 127)
    fat_at = len(fat)
    fat += [FAT_SECTOR] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat)
    table += b"\xff" * (fat_sectors * SECTOR - len(table))
    difat = [fat_at + n for n in range(fat_sectors)]
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, first, 0, 16,
        CHAIN_END, 0, CHAIN_END, 0,
    )  # fmt: skip
    head += struct.pack("<109I", *difat, *[FREE] * (109 - len(difat)))
    return head + data + directory + table


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0" if name else b""
    return struct.pack("<64sHBBIII16x4x8x8xIQ", written, len(written), kind, 1, FREE, right, child, start, size)
