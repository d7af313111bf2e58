"""How Python's values reach SQLite: its driver asks each value that is no plain text or number how it wants to be kept.

Where no adapter says so, it looks for one in two more places, and fails there with an exception each time: 300 ns for
each NULL, each digest and each member of an enumeration, which is a twentieth of an import.
"""

import sqlite3
from enum import Enum

from models.enums import Channel, Direction, MeetingStatus, Place, Response, Role, Stage, Touch, Warmth

WORDS: tuple[type[Enum], ...] = (Channel, Direction, MeetingStatus, Place, Response, Role, Stage, Touch, Warmth)


def register() -> None:
    """Have the values that most rows hold kept as they are, or as what they stand for."""
    sqlite3.register_adapter(bytes, bytes)
    sqlite3.register_adapter(bool, int)
    sqlite3.register_adapter(type(None), dict[None, None]().get)
    for words in WORDS:
        sqlite3.register_adapter(words, {member: member.value for member in words}.__getitem__)
