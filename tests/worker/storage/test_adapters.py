"""What SQLite's driver is given: every plain value by an adapter of its own, none by failing to find one."""

import sqlite3
from enum import Enum

import pytest

from worker.storage.adapters import WORDS
from worker.storage.engine import open_database

MEMBERS = [member for words in WORDS for member in words]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member.name}")
def test_a_member_is_kept_as_its_value(member: Enum) -> None:
    open_database("sqlite://").dispose()
    kept = sqlite3.adapt(member, sqlite3.PrepareProtocol)
    assert kept == member.value
    assert type(kept) is type(member.value)


def test_what_rows_are_full_of_has_adapters() -> None:
    open_database("sqlite://").dispose()
    assert [sqlite3.adapt(value, sqlite3.PrepareProtocol) for value in (None, b"\x00\xff", True, False)] == [
        None,
        b"\x00\xff",
        1,
        0,
    ]


def test_values_come_back_as_they_were() -> None:
    engine = open_database("sqlite://")
    with engine.connect() as connection:
        asked = "SELECT ?, ?, ?, typeof(?), typeof(?)"
        row = connection.exec_driver_sql(asked, (None, b"\x00\xff", True, None, b"")).one()
    engine.dispose()
    assert tuple(row) == (None, b"\x00\xff", 1, "null", "blob")


def test_text_and_numbers_stay_out_of_it() -> None:
    """With an adapter for one of these the driver would ask for every value there is."""
    open_database("sqlite://").dispose()
    for value in ("text", 7, 1.5):
        with pytest.raises(sqlite3.ProgrammingError):
            sqlite3.adapt(value, sqlite3.PrepareProtocol)
