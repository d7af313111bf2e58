"""A table that is on its way out: its name, its columns, and its rows as they come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from worker.export.rows.columns import Column


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order of `columns`; they are read once, and never all in memory."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[tuple[Any, ...]]
