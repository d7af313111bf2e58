"""The columns of an export: their names, and what may stand in them."""

from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a column holds, and so how each format writes it."""

    PLAIN = auto()  # our own words: never a comma, a quote or a formula
    MOMENT = auto()  # RFC 3339 UTC, to the second
    NUMBER = auto()
    TEXT = auto()  # what others wrote
    JSON = auto()  # lists, or JSON that is written already


class Column(NamedTuple):
    """One column."""

    name: str
    kind: Kind
    optional: bool = False  # JSON Lines leave it out where it says nothing: a column that came later
