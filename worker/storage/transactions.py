"""Transactions: one that writes, and one consistent view for reading."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection, Engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that will write; it commits when the block ends well and leaves no trace otherwise."""
    with engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one consistent view of the database."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # where each statement would otherwise see another moment
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection
