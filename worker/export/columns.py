"""The columns of an export: their names, and what may stand in them."""

from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a column holds, and so what a CSV cell of it needs."""

    PLAIN = auto()  # our own words, times and numbers: never a comma, a quote or a formula
    TEXT = auto()  # what others wrote
    JSON = auto()  # lists, or JSON that is written already


class Column(NamedTuple):
    """One column."""

    name: str
    kind: Kind
