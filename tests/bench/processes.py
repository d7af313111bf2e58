"""What the system has charged processes for: CPU seconds so far, by /proc."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


class Charged(NamedTuple):
    """A process, and what it and those of its children that have ended were charged."""

    number: int
    name: str
    parent: str
    group: int
    own: float
    ended: float


def group(number: int) -> float:
    """CPU seconds of a process group."""
    return sum(each.own for each in _all() if each.group == number)


def one(number: int) -> float:
    """CPU seconds of a single process."""
    return sum(each.own for each in _all() if each.number == number)


def named(name: str) -> float:
    """CPU seconds of all processes of a name, and of those among them that have ended."""
    return sum(each.own + (each.ended if each.parent != name else 0.0) for each in _all() if each.name == name)


def resident(number: int) -> int:
    """Bytes of memory a process holds."""
    return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _all() -> Iterator[Charged]:
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = place.read_text()
            words = text.rpartition(") ")[2].split()
            parent = Path(f"/proc/{words[1]}/comm").read_text().strip() if words[1] != "0" else ""
        except (FileNotFoundError, ProcessLookupError):
            continue
        user, system, children, childrens = (int(word) / _TICKS for word in words[11:15])
        name = text.partition("(")[2].rpartition(")")[0]
        yield Charged(int(place.parent.name), name, parent, int(words[2]), user + system, children + childrens)
