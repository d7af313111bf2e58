"""Conditions that both databases answer by an index, with statistics or without."""

from typing import Any

from sqlalchemy import ColumnElement, Exists, exists, literal_column


def there_is(*conditions: ColumnElement[bool]) -> Exists:
    """Say whether some row meets these conditions.

    SQLAlchemy's own `exists()` asks for `*`: before its first ANALYZE, SQLite then walks a whole table for each row
    instead of looking into an index that holds all it needs (20,000 new people: minutes instead of milliseconds).
    """
    one: ColumnElement[Any] = literal_column("1")
    return exists(one).where(*conditions)
